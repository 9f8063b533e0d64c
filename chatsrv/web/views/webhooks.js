// Addresses of other programs that are told of events: making them, trying them, seeing how they fare.

import { h } from "../dom.js";
import { fullTime } from "../format.js";
import { texts } from "../texts.js";
import { form } from "./form.js";
import { act, fact, folded, removeAfterAsking, thing } from "./listing.js";
import { notify } from "./overlay.js";
import { secretOnce } from "./secret.js";

/** The webhooks that `path` lists and makes, for some of `events` or all. */
export function webhooks(app, path, events) {
  const list = h("ul", { class: "things" });
  const secret = secretOnce();
  const made = hookForm(events, async (values) => {
    secret.show((await app.api.post(path, values)).secret);
    made.dispatchEvent(new Event("made"));
    await load();
  });

  async function load() {
    list.replaceChildren(...(await app.api.get(path)).map(hookItem));
  }

  const hookItem = (hook) =>
    thing(
      hook.url,
      [fact(hook.events.map(eventName).join(", ") || texts.everything), fact(standing(hook)), deliveries(app, hook)],
      act(texts.tryIt, () => ping(hook), "link"),
      act(texts.newSecret, () => rotate(hook), "link"),
      ...(hook.active ? [] : [act(texts.switchOn, () => enable(hook), "link")]),
      act(texts.remove, () => remove(hook), "link danger"),
    );

  const ping = ({ id }) =>
    app.attempt(async () => {
      const { status, code, reason } = await app.api.post(`/webhooks/${id}/ping`);
      notify(texts.pinged(texts.deliveryStates[status] ?? status, code || reason));
    });

  const rotate = ({ id }) => app.attempt(async () => secret.show((await app.api.post(`/webhooks/${id}/rotate`)).secret));

  async function enable({ id }) {
    await app.attempt(() => app.api.post(`/webhooks/${id}/enable`));
    await app.attempt(load);
  }

  async function remove({ id, url }) {
    if (await removeAfterAsking(app, `/webhooks/${id}`, url)) await app.attempt(load);
  }

  app.attempt(load);
  return h("div", {}, list, secret.node, folded(texts.newWebhook, made));
}

const eventName = (name) => texts.hookEvents[name] ?? name;

const standing = ({ active, failures, due }) =>
  [
    active ? texts.hookActive : texts.hookOff,
    failures > 0 && texts.hookFailures(failures),
    due && `${texts.triedAgain}: ${fullTime(due)}`,
  ]
    .filter(Boolean)
    .join(" · ");

/** How the latest events fared, read when it is unfolded. */
function deliveries(app, { id }) {
  const list = h("ul", { class: "achieved" });
  const show = ({ type, status, code, reason, at }) =>
    h("li", {}, [eventName(type), texts.deliveryStates[status] ?? status, code || reason, fullTime(at)].filter(Boolean).join(" · "));
  const ontoggle = (event) =>
    event.target.open &&
    app.attempt(async () => {
      const latest = await app.api.get(`/webhooks/${id}/deliveries`);
      list.replaceChildren(...(latest.length > 0 ? latest.map(show) : [h("li", {}, texts.none)]));
    });
  return h("details", { class: "folded", ontoggle }, h("summary", {}, texts.deliveries), list);
}

const hookForm = (events, onSubmit) =>
  form({
    label: texts.newWebhook,
    submit: texts.add,
    fields: [
      { name: "url", label: texts.address, type: "url", hint: texts.allEventsHint },
      ...events.map((name) => ({ name, label: eventName(name), type: "checkbox" })),
    ],
    onSubmit: ({ url, ...chosen }) => onSubmit({ url, events: events.filter((name) => chosen[name]) }),
  });
