// A round picture of a person or chat: theirs, or initials on a colour of their own.

import { h } from "../dom.js";
import { initials, tint } from "../format.js";

/** `seed` decides the colour and never changes with the name; `online` true or false shows a dot, undefined none. */
export function avatar({ name, seed, picture }, { size = "", online } = {}) {
  const node = h("span", { class: `avatar tint-${tint(String(seed))} ${size}`, "aria-hidden": "true" }, initials(name));
  if (picture) node.append(photograph(picture));
  if (online !== undefined) node.append(h("span", { class: online ? "dot online" : "dot" }));
  return node;
}

/** A picture that can't be loaded leaves the initials. */
const photograph = (address) =>
  h("img", {
    src: address,
    alt: "",
    loading: "lazy",
    referrerpolicy: "no-referrer",
    onerror: (event) => event.target.remove(),
  });

export const personAvatar = (person, options) =>
  avatar({ name: person.name || person.nickname, seed: person.id ?? person.nickname, picture: person.avatar }, options);

export const roomAvatar = (room, options) =>
  room.peer
    ? personAvatar(room.peer, options)
    : avatar({ name: room.title, seed: room.id, picture: room.avatar }, { size: "square", ...options });
