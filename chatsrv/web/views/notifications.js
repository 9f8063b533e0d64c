// What one was told: a list that grows at the top as things happen.

import { h, icon, iconButton, syncChildren } from "../dom.js";
import { fullTime, shortTime } from "../format.js";
import { formatRoute } from "../routes.js";
import { texts } from "../texts.js";
import { panelFrame } from "./panel.js";

const ICONS = { invitation: "people", reply: "reply", mention: "person", vote: "heart", reminder: "clock" };

export function notificationsView(app) {
  const { news } = app;
  const list = h("ul", { class: "notices" });
  const empty = h("p", { class: "empty", hidden: true }, texts.noNotifications);
  const older = h("button", { type: "button", class: "link older", onclick: loadOlder }, texts.olderNotifications);
  const all = wideButton("checks", texts.markAllRead, () => app.attempt(() => news.markAllRead()));
  const node = panelFrame(
    app,
    texts.notifications,
    h(
      "div",
      { class: "panel-actions" },
      all,
      wideButton("settings", texts.settings, () => app.go({ ...app.route, panelId: "settings" })),
    ),
    h("div", { class: "scroll" }, list, empty, older),
  );

  function loadOlder() {
    app.attempt(() => news.loadOlder());
  }

  function update() {
    const items = news.list();
    syncChildren(
      list,
      items.map((item) => noticeItem(app, item)),
    );
    empty.hidden = items.length > 0 || !news.isLoaded;
    older.hidden = news.isComplete || !news.isLoaded;
    all.disabled = news.unread === 0;
  }

  if (!news.isLoaded) loadOlder();
  return { node, update, focus: () => node.querySelector("h2").focus(), close() {} };
}

const wideButton = (iconName, label, onclick) =>
  h("button", { type: "button", class: "wide", onclick }, icon(iconName), label);

function noticeItem(app, item) {
  const time = shortTime(item.created, Date.now());
  return {
    key: String(item.id),
    version: JSON.stringify([item, time, Boolean(app.store.room(item.data.stream))]),
    build: () => buildNotice(app, item, time),
  };
}

function buildNotice(app, item, time) {
  const read = () => app.attempt(() => app.news.markRead(item.id));
  const content = [
    icon(ICONS[item.kind] ?? "bell"),
    h("span", { class: "notice-text", dir: "auto" }, item.text),
    h("time", { class: "hint", datetime: item.created, title: fullTime(item.created) }, time),
  ];
  return h(
    "li",
    { class: item.read ? "notice" : "notice unread" },
    placeOf(app, item, content, read) ?? h("div", { class: "notice-body" }, content),
    !item.read && iconButton("check", `${texts.markRead}: ${item.text}`, read, { "data-action": "read" }),
  );
}

/** The way to what is spoken of; whoever takes it has read the notification. */
function placeOf(app, item, content, read) {
  const { stream, message_id: messageId } = item.data;
  if (!app.store.room(stream)) return null;
  const follow = (event) => {
    if (!item.read) read();
    if (!messageId) return;
    event.preventDefault();
    app.showMessage(stream, messageId);
  };
  return h(
    "a",
    { class: "notice-body", href: formatRoute({ stream }), "data-action": "follow", onclick: follow },
    content,
  );
}
