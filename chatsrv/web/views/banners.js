// What the school tells everybody, above everything.

import { h, iconButton, syncChildren } from "../dom.js";
import { texts } from "../texts.js";

export function bannersView(app) {
  const node = h("section", { class: "banners", "aria-label": texts.announcements });
  const hidden = new Set();
  let banners = [];

  async function load() {
    banners = (await app.attempt(() => app.api.get("/banners/active"))) ?? banners;
    update();
  }

  function update() {
    const shown = banners.filter(({ id, rev }) => !hidden.has(`${id}.${rev}`));
    syncChildren(
      node,
      shown.map((banner) => ({ key: String(banner.id), version: JSON.stringify(banner), build: () => build(banner) })),
    );
    node.hidden = shown.length === 0;
  }

  function build({ id, rev, type, title, content }) {
    const hide = () => {
      hidden.add(`${id}.${rev}`);
      update();
    };
    return h(
      "div",
      { class: `announcement ${type}`, role: "status" },
      h("p", { dir: "auto" }, h("strong", {}, title), " ", content),
      iconButton("close", `${texts.close}: ${title}`, hide),
    );
  }

  update();
  return { node, load };
}
