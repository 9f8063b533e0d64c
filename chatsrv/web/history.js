// What was said in a room, as far as somebody looks at it: a window that is moved by reading pages above, below, or around a message.

import { holds, isLive, rootOf, shownMessages } from "./room.js";

const MOST_PAGES_OF_THREAD = 40;
const MOST_PARENTS = 40;

export class History {
  #api;
  #store;
  #outbox;

  constructor({ api, store, outbox }) {
    this.#api = api;
    this.#store = store;
    this.#outbox = outbox;
  }

  /** Read what a room that is opened shows. */
  async open(stream) {
    const room = this.#store.room(stream);
    room.isOpen = true;
    if (!room.loaded) await this.loadOlder(stream);
  }

  /** Nobody looks at the room any more: little is kept of it. */
  close(stream) {
    this.#store.close(stream);
  }

  loadOlder(stream) {
    return this.#read(stream, async (room) => {
      if (room.complete) return undefined;
      const { items, isLast } = await this.#api.history(room, { before: shownMessages(room)[0]?.id });
      return () => {
        this.#outbox.recogniseRead(stream, items);
        this.#store.putPage(stream, items, isLast);
      };
    });
  }

  loadNewer(stream) {
    return this.#read(stream, async (room) => {
      if (isLive(room)) return undefined;
      const { items } = await this.#api.history(room, { after: shownMessages(room).at(-1).id });
      return () => this.#store.putNewer(stream, items);
    });
  }

  /** Move the window to a message, unless it holds it. Throws Refusal where there is none such. */
  async reach(stream, id) {
    if (holds(this.#store.room(stream), id)) return;
    await this.#move(stream, (room) => this.#around(room, id));
  }

  /** Move the window to what was said last. */
  async toNewest(stream) {
    if (isLive(this.#store.room(stream))) return;
    await this.#move(stream, (room) => this.#api.history(room, {}));
  }

  /** Get one message that is not in the window, as for a quote. */
  async loadMessage(stream, id) {
    const { author, ...message } = await this.#api.message(id);
    this.#store.meet({ ...author, avatar: this.#store.people.get(author.id)?.avatar ?? "" });
    this.#store.putMessage(stream, { ...message, author: author.nickname });
  }

  /** The id of the message that began the thread of this one, as far up as one may read. */
  async rootOf(stream, id) {
    const room = this.#store.room(stream);
    for (let number = 0; number < MOST_PARENTS; number += 1) {
      const parent = room.messages.get(rootOf(room, id))?.parent_id;
      if (!parent || !(await this.#isRead(stream, parent))) break;
    }
    return rootOf(room, id);
  }

  /** Read the thread of a root that stands before the window; its answers are all later than the root. */
  async openThread(stream, rootId) {
    const room = this.#store.room(stream);
    room.thread = rootId;
    if (isLive(room) && holds(room, rootId)) return;
    let { items } = await this.#around(room, rootId);
    for (let pages = 1; items.length > 0 && room.thread === rootId; pages += 1) {
      this.#store.putThread(stream, rootId, items);
      const isJoined = isLive(room) && holds(room, items[0].id);
      if (isJoined || pages === MOST_PAGES_OF_THREAD) return;
      ({ items } = await this.#api.history(room, { after: items[0].id }));
    }
  }

  closeThread(stream) {
    const room = this.#store.room(stream);
    if (room) room.thread = null;
  }

  #isRead = (stream, id) =>
    this.loadMessage(stream, id).then(
      () => true,
      () => false,
    );

  /** The page that ends with what follows the message, down to what stands before it: {items, isLast}, newest first. */
  async #around(room, id) {
    const { items: newer } = await this.#api.history(room, { after: id });
    const { items: older, isLast } = await this.#api.history(room, { before: newer.at(-1)?.id });
    return { items: [...newer, ...older], isLast };
  }

  #move(stream, read) {
    // What is being read belongs to the window before.
    this.#store.room(stream).reading = null;
    return this.#read(stream, async (room) => {
      const { items, isLast } = await read(room);
      return () => this.#store.putWindow(stream, items, isLast);
    });
  }

  /** One page at a time; `read(room)` gives how to take in what was read, undefined when nothing was. */
  async #read(stream, read) {
    const room = this.#store.room(stream);
    if (room.reading) {
      await room.reading.catch(() => {});
      return;
    }
    const reading = read(room);
    room.reading = reading;
    try {
      const takeIn = await reading;
      // A reset or a jump in between makes this a page of another window.
      if (room.reading === reading) takeIn?.();
    } finally {
      if (room.reading === reading) room.reading = null;
    }
  }
}
