// The moderators' queue: what waits, oldest first; it comes and goes as it happens.

import { h } from "../dom.js";
import { displayName } from "../format.js";
import { texts } from "../texts.js";
import { proofLink } from "./achievements.js";
import { form } from "./form.js";
import { fact, folded, listing, thing } from "./listing.js";

const PATH = "/achievements";

export function queueView(app) {
  const page = listing(app, {
    title: texts.places_.queue,
    path: `${PATH}/queue/page/1`,
    nothing: texts.queueIsEmpty,
    order: (one, other) => one.id - other.id,
    item: (one) =>
      thing(one.title, [
        fact(`${displayName(one.student)} · ${texts.achievementKinds[one.kind]}`),
        fact(one.description, "thing-text"),
        proofLink(app, one),
        h("div", { class: "deciding" }, acceptForm(one), folded(texts.reject, rejectForm(one))),
      ]),
  });

  const decide = (one, verdict, values) => app.api.post(`${PATH}/${one.id}/${verdict}`, values);

  const acceptForm = (one) =>
    form({
      label: `${texts.accept}: ${one.title}`,
      submit: texts.accept,
      fields: [{ name: "points", label: texts.points, type: "number", value: "1" }],
      onSubmit: ({ points }) => decide(one, "accept", { points: Number(points) }),
    });

  const rejectForm = (one) =>
    form({
      label: `${texts.reject}: ${one.title}`,
      submit: texts.reject,
      fields: [{ name: "reason", label: texts.reason, type: "textarea" }],
      onSubmit: (values) => decide(one, "reject", values),
    });

  /** An event brings the whole achievement. What others wrote in their forms stays. */
  function heard(name, event) {
    if (name === "reset") return page.load();
    if (name === "achievement.pending") page.take(event.data.id, event.data);
    if (name === "achievement.moderated") page.take(event.data.id, null);
    return undefined;
  }

  return { ...page, heard };
}
