// What moderators and admins did, latest first.

import { h } from "../dom.js";
import { fullTime } from "../format.js";
import { texts } from "../texts.js";
import { fact, listing } from "./listing.js";
import { placeOf } from "./person_row.js";

export const auditView = (app) =>
  listing(app, {
    title: texts.places_.audit,
    path: "/audit/page/1",
    nothing: texts.noActs,
    item: (deed) =>
      h(
        "li",
        { class: "thing" },
        h("p", {}, person(app, deed.actor) || texts.commandLine, `: ${texts.acts[deed.action] ?? deed.action}`),
        details(app, deed),
        fact([fullTime(deed.at), deed.thing].filter(Boolean).join(" · ")),
      ),
  });

const person = (app, nickname) => nickname && h("a", { href: placeOf(app, { nickname }), dir: "auto" }, `@${nickname}`);

/** Whom it was done to, and what else was noted. */
function details(app, { person: whom, data }) {
  const known = [
    person(app, whom),
    data.role !== undefined && texts.roles[data.role],
    data.points > 0 && texts.pointsOf(data.points),
  ].filter(Boolean);
  return known.length > 0 && h("p", {}, known.flatMap((part, place) => (place ? [" · ", part] : [part])));
}
