// One article of the forum; its author can change and delete it. Its text is text, never markup.

import { h } from "../dom.js";
import { formatRoute } from "../routes.js";
import { texts } from "../texts.js";
import { articleForm, byline } from "./forum.js";
import { act, folded, removeAfterAsking } from "./listing.js";
import { panelFrame } from "./panel.js";

export function articleView(app, id) {
  const path = `/articles/${encodeURIComponent(id)}`;
  const content = h("article", { class: "scroll page article" });
  const node = panelFrame(app, texts.article, content);

  async function load() {
    const article = await app.api.get(path);
    content.replaceChildren(
      h("a", { class: "back-link", href: formatRoute({ stream: app.route.stream, panel: "forum" }) }, texts.toForum),
      h("h3", { dir: "auto" }, article.title),
      byline(app, article),
      h("div", { class: "article-text", dir: "auto" }, article.text),
      ...(article.user_id === app.store.me.id ? own(article) : []),
    );
  }

  const own = (article) => [
    folded(texts.edit, articleForm(texts.edit, article, change)),
    h("div", { class: "thing-actions" }, act(texts.remove, () => remove(article), "link danger")),
  ];

  async function change(values) {
    await app.api.put(`${path}/edit`, values);
    await load();
  }

  async function remove({ title }) {
    if (await removeAfterAsking(app, `${path}/delete`, title)) app.go({ ...app.route, panel: "forum", panelId: null });
  }

  // It may have been deleted since its address was written down.
  load().catch((refusal) => content.replaceChildren(h("p", { class: "empty", role: "alert" }, refusal.message)));
  return { node, update() {}, focus: () => node.querySelector("h2").focus(), close() {} };
}
