// A person in a list: who they are, whether they are here, and what can be done about them.

import { h } from "../dom.js";
import { displayName } from "../format.js";
import { formatRoute } from "../routes.js";
import { texts } from "../texts.js";
import { personAvatar } from "./avatar.js";

/** The row leads to the person's own page; `note` stands beside the nickname, `actions` behind it. */
export const personRow = (app, person, { online, note = "", actions = [] } = {}) =>
  h(
    "li",
    { class: "person" },
    h(
      "a",
      { class: "person-link", href: placeOf(app, person), "data-action": "open" },
      personAvatar(person, { online, signed: app.signed }),
      h(
        "span",
        { class: "person-text" },
        h(
          "span",
          { class: "person-name", dir: "auto" },
          displayName(person),
          person.id === app.store.me.id && h("span", { class: "hint" }, ` ${texts.you}`),
        ),
        h("span", { class: "hint" }, [`@${person.nickname}`, note].filter(Boolean).join(" · ")),
      ),
    ),
    actions,
  );

export const placeOf = ({ route }, { nickname }) =>
  formatRoute({ stream: route.stream, panel: "person", panelId: nickname });
