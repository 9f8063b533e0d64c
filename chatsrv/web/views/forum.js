// The forum: the latest articles of everybody, and writing one.

import { h } from "../dom.js";
import { fullTime } from "../format.js";
import { formatRoute } from "../routes.js";
import { texts } from "../texts.js";
import { form } from "./form.js";
import { folded, listing } from "./listing.js";

export function forumView(app) {
  const made = articleForm(texts.newArticle, {}, async (values) => {
    const { id } = await app.api.post("/articles/new", values);
    app.go({ ...app.route, panel: "article", panelId: String(id) });
  });
  return listing(app, {
    title: texts.places_.forum,
    read: pagesOf(app, "/articles"),
    above: [folded(texts.newArticle, made)],
    nothing: texts.noArticles,
    item: (article) => articleItem(app, article),
  });
}

/** The forum's lists are asked for by numbers, and say whether more follows. */
export const pagesOf =
  (app, path) =>
  async (number) => {
    const { articles, next } = await app.api.get(`${path}?page=${number ?? 1}`);
    return { items: articles, next: next ? (number ?? 1) + 1 : null };
  };

export const articleItem = (app, { id, title, ...article }) =>
  h(
    "li",
    { class: "thing" },
    h(
      "a",
      { class: "thing-name article-title", dir: "auto", href: placeOf(app, "article", id), "data-action": "open" },
      title,
    ),
    byline(app, article),
  );

/** Who wrote it, and when; the name leads to their other articles. */
export const byline = (app, { user_id: id, "author.username": author, date_posted: date }) =>
  h(
    "p",
    { class: "hint" },
    h("a", { href: placeOf(app, "author", id), dir: "auto" }, `@${author}`),
    ` · ${fullTime(date)}`,
  );

const placeOf = ({ route: { stream } }, panel, id) => formatRoute({ stream, panel, panelId: String(id) });

export const articleForm = (label, { title = "", text = "" }, onSubmit) =>
  form({
    label,
    submit: texts.publish,
    fields: [
      { name: "title", label: texts.articleTitle, value: title },
      { name: "text", label: texts.articleText, type: "textarea", rows: 12, value: text },
    ],
    onSubmit,
  });
