// The list of chats and conversations, latest activity first.

import { h, icon, iconButton, syncChildren } from "../dom.js";
import { displayName, gist, shortTime, snippet } from "../format.js";
import { formatRoute } from "../routes.js";
import { texts } from "../texts.js";
import { personAvatar, roomAvatar } from "./avatar.js";
import { placesView } from "./places.js";
import { newChat, newConversation } from "./dialogs.js";
import { rove } from "./roving.js";

export function sidebarView(app) {
  const { store } = app;
  const list = h("ul", { class: "room-list" });
  const search = h("input", {
    type: "search",
    class: "search",
    placeholder: texts.find,
    "aria-label": texts.find,
    oninput: update,
  });
  const empty = h("p", { class: "empty" });
  const everywhere = h("button", { type: "button", class: "wide everywhere", onclick: searchAll }, icon("search"), h("span", { dir: "auto" }));
  const me = h("a", { class: "me", href: "#/me" });
  const bell = h("a", { class: "icon-button bell" }, icon("bell"), h("span", { class: "badge", "aria-hidden": "true" }));
  const places = placesView(app);
  const node = h(
    "nav",
    { class: "sidebar", "aria-label": texts.rooms },
    h(
      "header",
      { class: "bar" },
      me,
      h("span", { class: "product", "aria-hidden": "true" }, texts.product),
      bell,
      iconButton("edit", texts.newConversation, () => newConversation(app)),
      iconButton("add", texts.newChat, () => newChat(app)),
    ),
    h("form", { class: "search-box", role: "search", onsubmit: searchAll }, icon("search"), search),
    h("div", { class: "scroll" }, everywhere, list, empty),
    places.node,
  );
  const refreshRoving = rove(
    list,
    ".room-link",
    (all) => all.find((link) => link.hasAttribute("aria-current")) ?? all[0],
  );

  /** The field looks through the rooms as one types, and with Enter through everything. */
  function searchAll(event) {
    event.preventDefault();
    if (search.value.trim()) app.search(search.value.trim());
  }

  const wanted = (room) => room.title.toLowerCase().includes(search.value.trim().toLowerCase());

  function update() {
    const rooms = store.roomsByActivity();
    const shown = rooms.filter(wanted);
    syncChildren(
      list,
      shown.map((room) => roomItem(app, room)),
    );
    refreshRoving();
    empty.textContent = emptyText(rooms, shown);
    everywhere.lastChild.textContent = texts.searchEverywhere(search.value.trim());
    everywhere.hidden = search.value.trim() === "";
    updateMe();
    updateBell();
    places.update();
  }

  function updateBell() {
    const { unread } = app.news;
    bell.href = formatRoute({ stream: app.route.stream, panel: "notifications" });
    bell.title = texts.notificationsUnread(unread);
    bell.setAttribute("aria-label", bell.title);
    bell.lastChild.textContent = countText(unread);
    bell.lastChild.hidden = unread === 0;
  }

  function emptyText(rooms, shown) {
    if (shown.length > 0 || !store.isLoaded) return "";
    return rooms.length > 0 ? texts.nothingFound : texts.noRooms;
  }

  function updateMe() {
    me.href = formatRoute({ stream: app.route.stream, panel: "me" });
    me.setAttribute("aria-label", `${texts.profile}: ${displayName(store.me)}`);
    me.replaceChildren(personAvatar(store.me, { signed: app.signed }));
  }

  /** Open the room that stands `step` places below the open one. */
  function walk(step) {
    const rooms = store.roomsByActivity().filter(wanted);
    const from = rooms.findIndex((room) => room.stream === app.route.stream);
    const next = rooms[Math.min(Math.max(from + step, 0), rooms.length - 1)];
    if (next) app.go({ stream: next.stream });
  }

  return { node, update, walk, find: () => search.focus() };
}

function roomItem(app, room) {
  const isOpen = room.stream === app.route.stream;
  const online = room.peer ? app.store.isOnline(room.peer.nickname) : undefined;
  const preview = previewOf(app, room);
  const time = room.last ? shortTime(room.last.created, Date.now()) : "";
  const looks = [room.title, room.avatar, room.unread, room.muted, isOpen, online, preview.kind, preview.text, time];
  return {
    key: room.stream,
    version: JSON.stringify(looks),
    build: () => buildItem(room, { isOpen, online, preview, time, signed: app.signed }),
  };
}

const countText = (count) => (count > 99 ? "99+" : String(count));

function buildItem(room, { isOpen, online, preview, time, signed }) {
  const badge =
    room.unread > 0 &&
    h(
      "span",
      { class: room.muted ? "badge quiet" : "badge", "aria-label": texts.unread(room.unread) },
      countText(room.unread),
    );
  return h(
    "li",
    {},
    h(
      "a",
      {
        class: "room-link",
        href: formatRoute({ stream: room.stream }),
        "aria-current": isOpen && "page",
        "data-action": "open",
      },
      roomAvatar(room, { online, signed }),
      h(
        "span",
        { class: "room-title" },
        h("span", { class: "room-name", dir: "auto" }, room.title),
        room.muted && icon("muted"),
      ),
      h("time", { class: "room-time" }, time),
      h("span", { class: `room-preview ${preview.kind}`, dir: "auto" }, preview.text),
      badge,
    ),
  );
}

/** What stands under a room's name: who is typing, what I began to write, or what was said last. */
function previewOf(app, room) {
  const draft = app.drafts.textOf(room.stream);
  if (room.typing.size > 0) return { kind: "typing", text: texts.typing(app.store.typists(room)) };
  if (draft && room.stream !== app.route.stream) return { kind: "draft", text: `${texts.draft}: ${snippet(draft)}` };
  if (!room.last) return { kind: "", text: "" };
  if (room.last.deleted) return { kind: "deleted", text: texts.deleted };
  return { kind: "", text: sayWho(app.store, room) + snippet(gist(room.last)) };
}

function sayWho(store, room) {
  const { author } = room.last;
  if (author === store.me.nickname) return `${texts.you}: `;
  return room.kind === "chat" ? `${store.nameOf(author)}: ` : "";
}
