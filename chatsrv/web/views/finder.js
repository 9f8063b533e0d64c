// Finding people by their names, as one types.

import { h, icon, syncChildren } from "../dom.js";
import { texts } from "../texts.js";
import { personRow } from "./person_row.js";

const WAITS = 250;

/** `actions(person)` are the buttons behind whoever is found. */
export function finder(app, actions = () => []) {
  const found = h("ul", { class: "people", "aria-label": texts.foundPeople });
  const nobody = h("p", { class: "hint", role: "status" });
  const label = texts.findPeople;
  const field = h("input", { type: "search", class: "search", placeholder: label, "aria-label": label, oninput: askSoon });
  let timer = 0;
  let turn = 0;

  function askSoon() {
    clearTimeout(timer);
    timer = setTimeout(ask, WAITS);
  }

  /** What is asked last is shown. */
  async function ask() {
    const mine = (turn += 1);
    const words = field.value.trim();
    const path = `/search?kind=user&q=${encodeURIComponent(words)}`;
    const people = words ? await app.attempt(() => app.api.get(path)) : [];
    if (!people || mine !== turn) return;
    show(people.map(({ thing }) => thing));
    nobody.textContent = words && people.length === 0 ? texts.nothingFound : "";
  }

  function show(people) {
    syncChildren(
      found,
      people.map((person) => ({
        key: String(person.id),
        version: JSON.stringify(person),
        build: () => personRow(app, person, { actions: actions(person) }),
      })),
    );
  }

  return h("div", { class: "finder" }, h("div", { class: "search-box" }, icon("search"), field), found, nobody);
}
