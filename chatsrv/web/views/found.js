// One thing that a search found, with its words marked, and the way to it.

import { h } from "../dom.js";
import { fullTime, shortTime } from "../format.js";
import { excerpt, pieces } from "../marks.js";
import { formatRoute } from "../routes.js";
import { texts } from "../texts.js";
import { personAvatar, roomAvatar } from "./avatar.js";

export const foundItem = (app, { kind, thing, highlights }) => SHOWN[kind](app, thing, highlights);

const SHOWN = {
  user: (app, person, places) =>
    row(app, {
      href: formatRoute({ stream: app.route.stream, panel: "person", panelId: person.nickname }),
      picture: personAvatar(person, { signed: app.signed }),
      name: marked(pieces(person.name || person.nickname, person.name ? places.name : places.nickname)),
      note: ["@", marked(pieces(person.nickname, places.nickname))],
    }),
  chat: (app, chat, places) =>
    row(app, {
      href: formatRoute({ stream: `chat:${chat.id}` }),
      picture: roomAvatar({ title: chat.name, id: chat.id, avatar: chat.avatar }, { signed: app.signed }),
      name: marked(pieces(chat.name, places.name)),
      note: texts.searchKinds.chat,
    }),
  article: (app, article, places) =>
    row(app, {
      href: formatRoute({ stream: app.route.stream, panel: "article", panelId: String(article.id) }),
      name: marked(pieces(article.title, places.title)),
      note: `@${article["author.username"]} · ${fullTime(article.date_posted)}`,
      text: marked(excerpt(article.text, places.text)),
    }),
  message: (app, message, places) => {
    const stream = message.chat_id ? `chat:${message.chat_id}` : `conversation:${message.conversation_id}`;
    return row(app, {
      href: formatRoute({ stream }),
      follow: () => app.showMessage(stream, message.id),
      name: app.store.room(stream)?.title ?? "",
      note: `${app.store.nameOf(message.author)} · ${shortTime(message.created, Date.now())}`,
      text: marked(excerpt(message.text, places.text)),
    });
  },
};

const marked = (cut) => cut.map(({ text, isMarked }) => (isMarked ? h("mark", {}, text) : text));

function row(app, { href, follow, picture, name, note, text }) {
  const onclick = (event) => {
    if (!follow) return;
    event.preventDefault();
    follow();
  };
  return h(
    "li",
    {},
    h(
      "a",
      { class: "found", href, onclick, "data-action": "open" },
      picture,
      h(
        "span",
        { class: "found-text" },
        h("strong", { dir: "auto" }, name),
        h("span", { class: "hint" }, note),
        text && h("span", { class: "found-excerpt", dir: "auto" }, text),
      ),
    ),
  );
}
