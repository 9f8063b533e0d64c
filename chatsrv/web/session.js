// One person's time here, from logging in to logging out: joins what is known, the connection and the page.

import { Actions } from "./actions.js";
import { Drafts } from "./drafts.js";
import { displayName, gist } from "./format.js";
import { History } from "./history.js";
import { Live } from "./live.js";
import { News } from "./news.js";
import { Outbox } from "./outbox.js";
import { Piles } from "./pile.js";
import { Ringing } from "./ringing.js";
import { formatRoute, parseRoute } from "./routes.js";
import { Signed } from "./signed.js";
import { Store } from "./store.js";
import { texts } from "./texts.js";
import { announce, notify } from "./views/overlay.js";
import { shellView } from "./views/shell.js";

/** What no room tells: moderators' queue and everybody's news. */
const ELSEWHERE = /^(achievement|banner|event|report)\./;

export class Session {
  #end;
  #shell;
  #hidden;
  #hasBeenOnline = false;
  #isOver = false;
  /** What is looked for on the page of the search. */
  sought = { words: "", kind: "" };
  /** Whether the person is deleting the account: its sessions end before the answer comes. */
  isLeaving = false;

  /** `end()` is called when the person has logged out. */
  constructor({ api, keep, me, io, end }) {
    Object.assign(this, { api, keep });
    this.#end = end;
    this.store = new Store(me);
    this.outbox = new Outbox(keep, me.id);
    this.drafts = new Drafts(keep, me.id);
    this.piles = new Piles(api);
    this.signed = new Signed(api);
    this.news = new News(api, () => this.store.changed());
    this.live = new Live(io, {
      token: () => api.token,
      refresh: () => api.refresh(),
      onEvent: (name, event) => this.#heard(name, event),
      onStatus: (status) => this.#statusChanged(status),
      onFirst: () => this.#first(),
      onReset: (streams) => this.attempt(() => this.#reset(streams)),
      onGone: (stream) => this.actions.gone(stream),
    });
    this.history = new History({ api, store: this.store, outbox: this.outbox });
    const { live, store, outbox, history } = this;
    this.actions = new Actions({ api, live, store, outbox, history });
    this.actions.onRemoved = (room) => this.#removed(room);
    this.ringing = new Ringing({ keep, store, news: this.news, open: (stream, id) => this.#answer(stream, id) });
    this.#hidden = () => this.ringing.prepare();
    document.addEventListener("visibilitychange", this.#hidden);
    this.route = parseRoute(location.hash);
    this.#shell = shellView(this);
    this.live.connect();
  }

  get node() {
    return this.#shell.node;
  }

  close() {
    this.#isOver = true;
    document.removeEventListener("visibilitychange", this.#hidden);
    this.live.close();
    this.#shell.close();
  }

  // where one is

  routeChanged() {
    this.route = parseRoute(location.hash);
    this.#shell.routeChanged();
  }

  go(route) {
    location.hash = formatRoute(route);
  }

  /** Open this panel beside the room, or close it when it is the open one. */
  toggle({ panel, panelId = null }) {
    if (this.route.panel === panel && this.route.panelId === panelId) this.closePanel();
    else this.go({ ...this.route, panel, panelId });
  }

  /** Go to a message, wherever it stands. */
  showMessage(stream, id) {
    const hash = formatRoute({ stream });
    if (location.hash === hash) return this.#shell.jump(id);
    window.addEventListener("hashchange", () => this.#shell.jump(id), { once: true });
    location.hash = hash;
    return undefined;
  }

  /** A notice of the browser was clicked. */
  #answer(stream, id) {
    if (!stream) this.go({ panel: "notifications" });
    else if (id) this.showMessage(stream, id);
    else this.go({ stream });
  }

  /** Look for words everywhere. */
  search(words) {
    this.sought.words = words;
    this.go({ ...this.route, panel: "search", panelId: null });
    this.store.changed();
  }

  closePanel() {
    this.go({ stream: this.route.stream });
  }

  /** Whether somebody is looking at this page now. */
  isAttended() {
    return document.visibilityState === "visible" && document.hasFocus();
  }

  /** Do something that may be refused, and say so if it is and somebody is still there. */
  async attempt(action) {
    try {
      return await action();
    } catch (error) {
      if (!this.#isOver) notify(error.message);
      if (error.reached === undefined) throw error;
      return undefined;
    }
  }

  /** Delete the account for good. Throws Refusal, and nothing has changed then. */
  async deleteAccount(password) {
    this.isLeaving = true;
    try {
      await this.api.endAccount(password);
    } finally {
      this.isLeaving = false;
    }
    this.#leave();
  }

  async logOut() {
    // The server closes the connections of a session that ends: ours goes first.
    this.live.close();
    await this.api.logOut();
    this.#leave();
  }

  /** Nothing of the person stays in this browser. */
  #leave() {
    this.drafts.clear();
    this.outbox.clear();
    if (!this.#isOver) this.#end();
  }

  // what the connection tells

  #heard(name, event) {
    if (ELSEWHERE.test(name)) return this.#shell.heard(name, event);
    if (name.startsWith("notification.")) return this.#told(name, event);
    this.actions.heard(name, event);
    if (name === "message.new") this.ringing.said(event.stream, event.data);
    const isWord = name === "message.new" && event.stream === this.route.stream && !this.store.isMine(event.data);
    if (isWord) announce(texts.said(displayName(this.store.authorOf(event.data)), gist(event.data)));
    return undefined;
  }

  /** What concerns the open room is in sight already. */
  #told(name, event) {
    const { data, text, quiet, read } = event.data;
    const isInSight = data.stream === this.route.stream && this.isAttended();
    if (name === "notification.new" && !quiet && !read && !isInSight) notify(text);
    if (name === "notification.new") this.ringing.told(event.data);
    this.news.heard(event).catch(() => {});
    this.#shell.heard(name, event);
  }

  async #first() {
    await this.actions.loadRooms();
    this.store.setMe(await this.api.me());
    await this.#shell.first();
    this.keep.set("me", this.store.me);
  }

  #statusChanged(status) {
    this.#shell.statusChanged();
    if (status !== "online") return this.store.forgetPresence();
    this.actions.sendWaiting();
    this.news.count().catch(() => {});
    this.openRoom();
    if (this.#hasBeenOnline) this.attempt(() => this.actions.lookAround());
    this.#hasBeenOnline = true;
    return undefined;
  }

  async #reset(streams) {
    await this.actions.reset(streams);
    if (streams.some((stream) => stream === "news" || stream === "moderators")) this.#shell.lost();
    if (this.news.isLoaded && streams.some((stream) => stream.startsWith("user:"))) await this.news.reload();
    this.openRoom();
  }

  /** Read what the open room shows. */
  openRoom() {
    const { stream } = this.route;
    if (this.store.room(stream)) this.attempt(() => this.actions.openRoom(stream));
  }

  #removed(room) {
    notify(texts.removedFrom(room.title));
    if (this.route.stream === room.stream) this.go({});
  }
}
