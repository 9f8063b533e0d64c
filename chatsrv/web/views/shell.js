// The page of a logged-in person: the list, the open room, and a panel beside it.

import { h } from "../dom.js";
import { maySee } from "../sections.js";
import { texts } from "../texts.js";
import { bannersView } from "./banners.js";
import { chatSettingsView } from "./chat_settings.js";
import { shortcuts } from "./dialogs.js";
import { membersView } from "./members.js";
import { notificationsView } from "./notifications.js";
import { notificationSettingsView } from "./notification_settings.js";
import { PAGES } from "./pages.js";
import { personView } from "./person.js";
import { roomView } from "./room.js";
import { sidebarView } from "./sidebar.js";
import { threadView } from "./thread.js";

const WRITES_WITH_KEYS = "input, textarea";

export function shellView(app) {
  const { store } = app;
  const sidebar = sidebarView(app);
  const banner = h("div", { class: "banner", role: "status" });
  const heading = h("h1", { class: "unseen" }, texts.product);
  const nowhere = h("section", { class: "room nowhere" }, h("p", {}));
  const columns = h("main", { class: "columns" }, heading, sidebar.node, nowhere);
  const banners = bannersView(app);
  const node = h("div", { class: "shell" }, banner, banners.node, columns);
  let room = null;
  let panel = null;
  let panelName = "";
  let isDue = false;

  const unsubscribe = store.subscribe(updateSoon);
  document.addEventListener("keydown", pressed);
  for (const name of ["focus", "visibilitychange"]) window.addEventListener(name, updateSoon);

  /** Many changes of one moment are one update. */
  function updateSoon() {
    if (isDue) return;
    isDue = true;
    queueMicrotask(() => {
      isDue = false;
      update();
    });
  }

  function update() {
    sidebar.update();
    showRoom();
    showPanel();
    room?.update();
    panel?.update();
    const unread = store.unreadRooms();
    document.title = unread > 0 ? `(${unread}) ${texts.product}` : texts.product;
  }

  function showRoom() {
    const stream = store.room(app.route.stream)?.stream ?? null;
    nowhere.firstChild.textContent = app.route.stream && !store.isLoaded ? texts.connecting : texts.pickRoom;
    if (stream === (room?.stream ?? null)) return;
    room?.close();
    const old = room?.node ?? nowhere;
    room = stream && roomView(app, stream);
    old.replaceWith(room?.node ?? nowhere);
    if (!room) return;
    app.openRoom();
    if (!app.route.panel && hasKeyboard()) room.focus();
  }

  /** The panel that the address names; rooms have some of their own. */
  function makePanel({ stream, panel: name, panelId }) {
    if (Object.hasOwn(PAGES, name)) return maySee(name, store.me.role) ? PAGES[name](app, panelId) : null;
    if (name === "notifications") return panelId ? notificationSettingsView(app) : notificationsView(app);
    if (name === "person" && panelId) return personView(app, panelId);
    if (!store.room(stream)) return null;
    if (name === "members") return membersView(app, stream);
    if (name === "manage") return chatSettingsView(app, stream);
    if (name === "thread") return threadView(app, stream, Number(panelId));
    return null;
  }

  function showPanel() {
    const { stream, panel: name, panelId } = app.route;
    const wanted = name ? JSON.stringify([stream, name, panelId, Boolean(store.room(stream)), store.me.role]) : "";
    node.dataset.shows = name ? "panel" : stream ? "room" : "rooms";
    if (wanted === panelName) return;
    panelName = wanted;
    const hadFocus = panel?.node.contains(document.activeElement);
    panel?.close();
    panel?.node.remove();
    panel = name && makePanel(app.route);
    columns.classList.toggle("with-panel", Boolean(panel));
    if (panel) columns.append(panel.node);
    if (panel && hasKeyboard()) panel.focus();
    else if (hadFocus && hasKeyboard()) room?.focus();
  }

  function pressed(event) {
    if (document.querySelector("dialog[open]")) return;
    const isWriting = event.target.matches(WRITES_WITH_KEYS);
    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown"))
      sidebar.walk(event.key === "ArrowUp" ? -1 : 1);
    else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") sidebar.find();
    else if (event.key === "?" && !isWriting) shortcuts();
    else if (event.key === "Escape") leave();
    else return;
    event.preventDefault();
  }

  function leave() {
    if (app.route.panel) app.closePanel();
    else room?.focus();
  }

  const jump = (id) => room && app.attempt(() => room.jump(id));

  /** What is told of the school, for whatever shows it. */
  function heard(name, event) {
    if (name.startsWith("banner.")) banners.load();
    panel?.heard?.(name, event);
  }

  /** Events were lost. */
  function lost() {
    banners.load();
    panel?.heard?.("reset", null);
  }

  function statusChanged() {
    banner.textContent = app.live.status === "offline" ? texts.noConnection : "";
    updateSoon();
  }

  function close() {
    unsubscribe();
    document.removeEventListener("keydown", pressed);
    for (const name of ["focus", "visibilitychange"]) window.removeEventListener(name, updateSoon);
    room?.close();
    panel?.close();
  }

  statusChanged();
  return { node, routeChanged: update, statusChanged, heard, lost, first: () => banners.load(), jump, close };
}

/** On a touch screen a focused field would open the keyboard over what one came to read. */
const hasKeyboard = () => matchMedia("(pointer: fine)").matches;
