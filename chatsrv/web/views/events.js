// School events: what is announced to everybody, and announcing it.

import { fullTime } from "../format.js";
import { MODERATOR } from "../sections.js";
import { texts } from "../texts.js";
import { form } from "./form.js";
import { act, fact, folded, listing, removeAfterAsking, thing } from "./listing.js";

const PATH = "/events";

export function eventsView(app) {
  const mayAnnounce = app.store.me.role >= MODERATOR;
  const made = eventForm(texts.newEvent, {}, async (values) => {
    await app.api.post(PATH, values);
    made.dispatchEvent(new Event("made"));
  });
  const page = listing(app, {
    title: texts.places_.events,
    path: `${PATH}/page/1`,
    above: mayAnnounce ? [folded(texts.newEvent, made)] : [],
    nothing: texts.noEvents,
    order: (one, other) => other.id - one.id,
    item: (event) =>
      thing(
        event.name,
        [
          fact([event.starts && fullTime(event.starts), event.place].filter(Boolean).join(" · ")),
          fact(event.description, "thing-text"),
          mayAnnounce && folded(texts.edit, eventForm(`${texts.edit}: ${event.name}`, event, (values) => change(event, values))),
        ],
        ...(mayAnnounce ? [act(texts.remove, () => remove(event), "link danger")] : []),
      ),
  });

  const change = ({ id }, values) => app.api.post(`${PATH}/${id}/edit`, values);
  const remove = ({ id, name }) => removeAfterAsking(app, `${PATH}/${id}`, name);

  /** Every page hears of each event, whole. */
  function heard(name, event) {
    if (name === "reset") return page.load();
    if (name.startsWith("event.")) page.take(event.data.id, event.data.deleted ? null : event.data);
    return undefined;
  }

  return { ...page, heard };
}

const local = (iso) => {
  if (!iso) return "";
  const moment = new Date(iso);
  return new Date(moment - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
};

const eventForm = (label, { name = "", place = "", starts = null, description = "" }, onSubmit) =>
  form({
    label,
    submit: texts.announce,
    fields: [
      { name: "name", label: texts.eventName, value: name },
      { name: "starts", label: texts.starts, type: "datetime-local", value: local(starts), optional: true },
      { name: "place", label: texts.place, value: place, optional: true },
      { name: "description", label: texts.description, type: "textarea", value: description, optional: true },
    ],
    onSubmit: ({ starts: chosen, ...values }) =>
      onSubmit({ ...values, starts: chosen ? new Date(chosen).toISOString() : null }),
  });
