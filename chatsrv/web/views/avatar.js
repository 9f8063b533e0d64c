// A round picture of a person or chat: theirs, or initials on a colour of their own.

import { h } from "../dom.js";
import { initials, tint } from "../format.js";
import { attachmentIn } from "../signed.js";

/**
 * `seed` decides the colour and never changes with the name; `online` true or false shows a dot, undefined none; `signed` opens pictures that
 * were uploaded here.
 */
export function avatar({ name, seed, picture }, { size = "", online, signed }) {
  const node = h("span", { class: `avatar tint-${tint(String(seed))} ${size}`, "aria-hidden": "true" }, initials(name));
  if (picture) node.append(attachmentIn(picture) ? uploaded(attachmentIn(picture), signed) : photograph(picture));
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

function uploaded(id, signed) {
  const image = h("img", { alt: "", class: "uploaded" });
  signed.show(image, id, "signed_thumbnail");
  return image;
}

export const personAvatar = (person, options) =>
  avatar({ name: person.name || person.nickname, seed: person.id ?? person.nickname, picture: person.avatar }, options);

export const roomAvatar = (room, options) =>
  room.peer
    ? personAvatar(room.peer, options)
    : avatar({ name: room.title, seed: room.id, picture: room.avatar }, { size: "square", ...options });
