// Everything that one may read, by its words: people, chats, articles, messages.

import { h, icon } from "../dom.js";
import { texts } from "../texts.js";
import { foundItem } from "./found.js";
import { listing } from "./listing.js";

const WAITS = 300;
const NOTHING = { items: [], next: null };

/** What is sought stays while one looks at what was found: `app.sought` is {words, kind}. */
export function searchView(app) {
  const { sought } = app;
  const field = h("input", {
    type: "search",
    class: "search",
    placeholder: texts.search,
    "aria-label": texts.search,
    value: sought.words,
    oninput: askSoon,
  });
  const kinds = h(
    "select",
    { class: "choice", "aria-label": texts.searchIn, onchange: ask },
    Object.entries(texts.searchKinds).map(([kind, label]) => h("option", { value: kind, selected: kind === sought.kind }, label)),
  );
  const page = listing(app, {
    title: texts.search,
    read,
    above: [
      h("form", { class: "seeking", onsubmit }, h("div", { class: "search-box" }, icon("search"), field), kinds),
    ],
    nothing: () => (sought.words.trim() ? texts.nothingFound : texts.searchHint),
    key: ({ kind, thing }) => `${kind}.${thing.id}`,
    item: (found) => foundItem(app, found),
  });
  let timer = 0;

  function onsubmit(event) {
    event.preventDefault();
    ask();
  }

  function askSoon() {
    sought.words = field.value;
    clearTimeout(timer);
    timer = setTimeout(ask, WAITS);
  }

  function ask() {
    clearTimeout(timer);
    Object.assign(sought, { words: field.value, kind: kinds.value });
    page.load();
  }

  function read(next) {
    const { words, kind } = sought;
    if (next || words.trim()) return app.api.page(next ?? `/search?${new URLSearchParams({ q: words, ...(kind && { kind }) })}`);
    return NOTHING;
  }

  /** The list of rooms may have been asked for something else. */
  function update() {
    if (document.activeElement === field || field.value === sought.words) return;
    field.value = sought.words;
    page.load();
  }

  return { ...page, update, focus: () => field.focus() };
}
