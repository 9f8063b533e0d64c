// A page of things that are read from the server: what makes a new one above, the things below, older ones on demand.

import { h, syncChildren } from "../dom.js";
import { texts } from "../texts.js";
import { confirm } from "./overlay.js";
import { panelFrame } from "./panel.js";

/**
 * `path` answers page by page; `read(next)` does where it is asked otherwise: {items, next} of the first page for null, of the one that
 * `next` leads to for that. `item(thing)` builds a thing's element; it is built anew when the thing changes. `key(thing)` tells things apart.
 * `nothing` is said, or says, what there is where there are none. `order(one, other)` sorts things of which events tell.
 */
export function listing(app, { title, path, read = (next) => app.api.page(next ?? path), item, key = idOf, above = [], nothing, order }) {
  const list = h("ul", { class: "things" });
  const empty = h("p", { class: "empty", hidden: true });
  const more = h("button", { type: "button", class: "link older", hidden: true, onclick: () => load(true) }, texts.showMore);
  const node = panelFrame(app, title, h("div", { class: "scroll page" }, above, list, empty, more));
  let things = [];
  let next = null;
  let turn = 0;
  let heard = null;

  /** Read the beginning, or with `further` what stands behind the end. What is asked last is shown. */
  async function load(further = false) {
    const mine = (turn += 1);
    heard = [];
    const page = await app.attempt(() => read(further ? next : null));
    if (mine !== turn) return;
    const since = heard;
    heard = null;
    if (!page) return;
    next = page.next;
    more.hidden = next === null;
    show(since.reduce(changed, further ? [...things, ...page.items] : page.items));
  }

  /** Take in the state of one thing, which an event brought whole, null when it is gone; a page that is being read may be older. */
  function take(id, state) {
    heard?.push({ id, state });
    show(changed(things, { id, state }));
  }

  function changed(all, { id, state }) {
    const others = all.filter((thing) => thing.id !== id);
    return state ? [...others, state].sort(order) : others;
  }

  /** A thing that slid to the next page while that was read stands once. */
  function show(shown) {
    things = [...new Map(shown.map((thing) => [key(thing), thing])).values()];
    syncChildren(
      list,
      things.map((thing) => ({ key: key(thing), version: JSON.stringify(thing), build: () => item(thing) })),
    );
    empty.textContent = typeof nothing === "function" ? nothing() : nothing;
    empty.hidden = things.length > 0;
  }

  load();
  return { node, load, take, show, things: () => things, update() {}, focus: () => node.querySelector("h2").focus(), close() {} };
}

const idOf = ({ id }) => String(id);

/** Ask whether the thing shall go, remove what `path` names, and say whether that was done. */
export async function removeAfterAsking(app, path, name, label = texts.remove) {
  if (!(await confirm(texts.removeQuestion(name), label))) return false;
  return app.attempt(async () => {
    await app.api.remove(path);
    return true;
  });
}

/** A thing's element: what it is called, what there is to know of it, what can be done with it. */
export const thing = (name, facts, ...actions) =>
  h(
    "li",
    { class: "thing" },
    h("strong", { class: "thing-name", dir: "auto" }, name),
    facts,
    actions.length > 0 && h("div", { class: "thing-actions" }, actions),
  );

export const fact = (text, kind = "hint") => text && h("p", { class: kind, dir: "auto" }, text);

export const act = (label, onclick, kind = "") => h("button", { type: "button", class: kind, onclick }, label);

/** A form that makes a thing stands folded above the list, and is folded again when the thing is made. */
export function folded(label, form) {
  const node = h("details", { class: "folded" }, h("summary", {}, label), form);
  form.addEventListener("made", () => {
    form.reset();
    node.open = false;
  });
  return node;
}
