// The ways to the pages that belong to no room.

import { h, icon, syncChildren } from "../dom.js";
import { formatRoute } from "../routes.js";
import { texts } from "../texts.js";

const PLACES = [
  ["diary", "diary"],
  ["dreams", "dream"],
  ["goals", "goal"],
  ["achievements", "medal"],
  ["leaderboard", "ladder"],
];
const MODERATOR = 1;

export function placesView(app) {
  const node = h("ul", { class: "places", "aria-label": texts.places });

  function update() {
    const places = app.store.me.role >= MODERATOR ? [...PLACES, ["queue", "queue"]] : PLACES;
    syncChildren(
      node,
      places.map(([name, iconName]) => placeItem(app, name, iconName)),
    );
  }

  return { node, update };
}

function placeItem(app, name, iconName) {
  const isOpen = app.route.panel === name;
  const href = formatRoute({ stream: app.route.stream, panel: name });
  const label = texts.places_[name];
  const properties = { class: "icon-button", href, title: label, "aria-label": label, "aria-current": isOpen && "page" };
  return {
    key: name,
    version: JSON.stringify([href, isOpen]),
    build: () => h("li", {}, h("a", { ...properties, "data-action": "open" }, icon(iconName))),
  };
}
