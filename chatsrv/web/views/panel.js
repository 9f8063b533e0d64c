// The frame of what stands beside a room: a title, a way out, and the content.

import { h, iconButton } from "../dom.js";
import { formatRoute } from "../routes.js";
import { sectionOf } from "../sections.js";
import { texts } from "../texts.js";

export function panelFrame(app, title, ...content) {
  const heading = h("h2", { tabindex: "-1" }, title);
  return h(
    "section",
    { class: "panel", "aria-label": title },
    h(
      "header",
      { class: "bar" },
      heading,
      iconButton("close", texts.close, () => app.closePanel()),
    ),
    tabs(app),
    content,
  );
}

/** The other pages of the section. */
function tabs({ route: { stream, panel }, store }) {
  const section = sectionOf(panel, store.me.role);
  if (!section || section.pages.length < 2) return null;
  const tab = (page) =>
    h("a", { href: formatRoute({ stream, panel: page }), "aria-current": page === panel && "page" }, texts.places_[page]);
  return h("nav", { class: "tabs", "aria-label": texts.sections[section.name] }, section.pages.map(tab));
}
