// The ways to the pages that belong to no room: a section each, which opens with its first page.

import { h, icon, syncChildren } from "../dom.js";
import { formatRoute } from "../routes.js";
import { sectionOf, sectionsFor } from "../sections.js";
import { texts } from "../texts.js";

export function placesView(app) {
  const node = h("ul", { class: "places", "aria-label": texts.places });

  function update() {
    const { role } = app.store.me;
    const open = sectionOf(app.route.panel, role)?.name;
    syncChildren(
      node,
      sectionsFor(role).map((section) => placeItem(app, section, section.name === open)),
    );
  }

  return { node, update };
}

function placeItem(app, { name, icon: iconName, pages }, isOpen) {
  const href = formatRoute({ stream: app.route.stream, panel: pages[0] });
  return {
    key: name,
    version: JSON.stringify([href, isOpen]),
    build: () =>
      h(
        "li",
        {},
        h(
          "a",
          { class: "place", href, "aria-current": isOpen && "true", "data-action": "open" },
          icon(iconName),
          h("span", {}, texts.sections[name]),
        ),
      ),
  };
}
