// A page of things that are read from the server: what makes a new one above, the things below, older ones on demand.

import { h, syncChildren } from "../dom.js";
import { texts } from "../texts.js";
import { panelFrame } from "./panel.js";

/**
 * `path` answers page by page. `item(thing)` builds a thing's element; it is built anew when the thing changes.
 */
export function listing(app, { title, path, item, above = [], nothing }) {
  const list = h("ul", { class: "things" });
  const empty = h("p", { class: "empty", hidden: true }, nothing);
  const more = h("button", { type: "button", class: "link older", hidden: true, onclick: () => load(true) }, texts.showMore);
  const node = panelFrame(app, title, h("div", { class: "scroll page" }, above, list, empty, more));
  let things = [];
  let next = null;
  let turn = 0;

  /** Read the beginning, or with `further` what stands behind the end. What is asked last is shown. */
  async function load(further = false) {
    const mine = (turn += 1);
    const page = await app.attempt(() => app.api.page(further ? next : path));
    if (!page || mine !== turn) return;
    next = page.next;
    more.hidden = next === null;
    show(further ? [...things, ...page.items] : page.items);
  }

  function show(shown) {
    things = shown;
    syncChildren(
      list,
      things.map((thing) => ({ key: String(thing.id), version: JSON.stringify(thing), build: () => item(thing) })),
    );
    empty.hidden = things.length > 0;
  }

  load();
  return { node, load, show, things: () => things, update() {}, focus: () => node.querySelector("h2").focus(), close() {} };
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
