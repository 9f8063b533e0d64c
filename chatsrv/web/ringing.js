// Notices of the browser: what is said while the page is hidden. Each device has its own switch, and the browser's leave is asked for by a click alone.

import { refuseField } from "./errors.js";
import { displayName, gist, snippet } from "./format.js";
import { texts } from "./texts.js";

const MINUTE = 60_000;
const DAY = 24 * 60;
const ICON = "/web/icon.svg";

const minutesOf = (time) => time.split(":").reduce((hours, minutes) => 60 * Number(hours) + Number(minutes));

/** Whether a moment lies in the quiet hours {from, to, utc_offset}, which may span midnight; null has none. */
export function isQuiet(quiet, now) {
  if (!quiet) return false;
  const minute = (Math.floor(now / MINUTE) + quiet.utc_offset + DAY) % DAY;
  const [from, to] = [minutesOf(quiet.from), minutesOf(quiet.to)];
  return from <= to ? minute >= from && minute < to : minute >= from || minute < to;
}

export class Ringing {
  #keep;
  #name;
  #store;
  #news;
  #open;
  #quiet = null;
  #ready = Promise.resolve();

  /** `open(stream, messageId)` is called when a notice is clicked; `stream` is null for what belongs to no room. */
  constructor({ keep, store, news, open }) {
    this.#keep = keep;
    this.#name = `ringing.${store.me.id}`;
    this.#store = store;
    this.#news = news;
    this.#open = open;
  }

  /** Browsers have notices on https and on this machine only. */
  get isPossible() {
    return typeof Notification !== "undefined";
  }

  get isOn() {
    return this.isPossible && Notification.permission === "granted" && this.#keep.get(this.#name) === true;
  }

  /** Switch notices on, by a click, or off. Throws Refusal when the person does not let the browser show any. */
  async turn(isWanted) {
    if (isWanted && (await Notification.requestPermission()) !== "granted")
      throw refuseField("ringing", texts.ringingForbidden);
    this.#keep.set(this.#name, isWanted);
  }

  /** The page is hidden: learn when one wants to be left alone. */
  prepare() {
    if (this.isOn && document.hidden) this.#ready = this.#news.settings().then(({ quiet }) => (this.#quiet = quiet));
    this.#ready.catch(() => {});
  }

  /** A message was pushed. */
  said(stream, message) {
    const room = this.#store.room(stream);
    if (!room || room.muted || this.#store.isMine(message) || message.id <= room.readId) return;
    const author = displayName(this.#store.authorOf(message));
    const title = room.kind === "chat" ? `${author}, ${room.title}` : author;
    this.#ring(title, snippet(gist(message)), { stream, id: message.id });
  }

  /** The person was told something; of messages the rooms tell. */
  told({ text, quiet, read, data }) {
    if (!quiet && !read && !data.message_id) this.#ring(texts.product, text, { stream: data.stream ?? null, id: null });
  }

  async #ring(title, body, { stream, id }) {
    if (!this.isOn || !document.hidden) return;
    await this.#ready.catch(() => {});
    if (isQuiet(this.#quiet, Date.now())) return;
    // One notice a room: a later one takes its place, also that of another tab.
    const notice = new Notification(title, { body, icon: ICON, tag: stream ?? texts.product });
    notice.onclick = () => {
      window.focus();
      notice.close();
      this.#open(stream, id);
    };
  }
}
