// The articles of one author.

import { h } from "../dom.js";
import { formatRoute } from "../routes.js";
import { texts } from "../texts.js";
import { articleItem, pagesOf } from "./forum.js";
import { listing } from "./listing.js";

export function authorView(app, id) {
  const path = `/users/${encodeURIComponent(id)}`;
  const name = h("a", { dir: "auto" });
  const page = listing(app, {
    title: texts.articlesOf,
    read: pagesOf(app, `${path}/articles`),
    above: [h("p", { class: "author" }, name)],
    nothing: texts.noArticles,
    item: (article) => articleItem(app, article),
  });

  app.attempt(async () => {
    const { username } = await app.api.get(path);
    name.textContent = `@${username}`;
    name.href = formatRoute({ stream: app.route.stream, panel: "person", panelId: username });
  });
  return page;
}
