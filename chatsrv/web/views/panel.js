// The frame of what stands beside a room: a title, a way out, and the content.

import { h, iconButton } from "../dom.js";
import { texts } from "../texts.js";

export function panelFrame(app, title, ...content) {
  const heading = h("h2", { tabindex: "-1" }, title);
  return h(
    "aside",
    { class: "panel", "aria-label": title },
    h(
      "header",
      { class: "bar" },
      heading,
      iconButton("close", texts.close, () => app.closePanel()),
    ),
    content,
  );
}
