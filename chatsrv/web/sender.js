// Empties the outbox, one message at a time and in order, whenever there is a connection.

const PAUSE = 1_500;

export class Sender {
  #live;
  #store;
  #outbox;
  #busy = false;

  constructor({ live, store, outbox }) {
    this.#live = live;
    this.#store = store;
    this.#outbox = outbox;
  }

  /** Send what waits. What was not heard stays for the next call; what was refused is marked and left to the person. */
  async flush() {
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let item = this.#outbox.next(); item && this.#live.isOnline; item = this.#outbox.next())
        await this.#deliver(item);
    } finally {
      this.#busy = false;
    }
  }

  async #deliver({ nonce, stream, text, parent_id, attachments = [] }) {
    const ids = attachments.map(({ id }) => id);
    try {
      const message = await this.#live.ask("message.send", { stream, text, parent_id, attachments: ids, nonce });
      this.#outbox.remove(nonce);
      this.#store.putMessage(stream, message);
    } catch (error) {
      if (error.isPassing) await new Promise((resolve) => setTimeout(resolve, PAUSE));
      else this.#outbox.fail(nonce, error.message);
      this.#store.changed();
    }
  }
}
