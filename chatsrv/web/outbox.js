// Messages that were written but not yet acknowledged. They survive the page; their nonce makes a repeat harmless.

const NONCE_BYTES = 12;

/** A fresh name for one change; getRandomValues, as randomUUID is missing on plain http. */
export function makeNonce() {
  const bytes = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What the names of a person's items start with. */
export const outboxOf = (personId) => `outbox.${personId}.`;

const idsOf = ({ attachments }) => (attachments ?? []).map(({ id }) => id).join();

/**
 * A queue of {nonce, stream, text, parent_id, attachments, created, order, error?}; attachments are those that the server keeps already.
 * `error` is the reason of a refusal. Each item is kept under a name of its own: another tab's changes are never overwritten by ours.
 */
export class Outbox {
  #keep;
  #me;
  #start;
  #echoes = new Map();

  constructor(keep, personId) {
    this.#keep = keep;
    this.#me = personId;
    this.#start = outboxOf(personId);
  }

  all() {
    const items = this.#keep.names(this.#start).map((name) => this.#keep.get(name));
    return items.filter(Boolean).sort((one, other) => one.order - other.order);
  }

  of(stream) {
    return this.all().filter((item) => item.stream === stream && !this.#echoes.has(item.nonce));
  }

  next() {
    return this.all().find((item) => !item.error);
  }

  add(stream, text, parentId, now, attachments = []) {
    const created = new Date(now).toISOString();
    const order = Math.max(now, (this.all().at(-1)?.order ?? 0) + 1);
    const item = { nonce: makeNonce(), stream, text, parent_id: parentId, attachments, created, order };
    this.#save(item);
    return item;
  }

  remove(nonce) {
    this.#echoes.delete(nonce);
    this.#keep.remove(this.#start + nonce);
  }

  fail(nonce, error) {
    this.#echoes.delete(nonce);
    const item = this.#keep.get(this.#start + nonce);
    if (item) this.#save({ ...item, error });
  }

  retry(nonce) {
    this.fail(nonce, undefined);
  }

  /** The push of a message comes before its acknowledgement: stop showing the item that it must be. */
  recognise(stream, message) {
    if (this.#isMine(message)) this.#hide(this.of(stream), message);
  }

  /** What was sent before the page was read again, and never acknowledged, may be among these messages. */
  recogniseRead(stream, messages) {
    const items = this.of(stream);
    for (const message of messages.filter(this.#isMine))
      this.#hide(items.filter(({ created }) => created <= message.created), message);
  }

  #isMine = (message) => message.author_id === this.#me;

  #hide(items, message) {
    if ([...this.#echoes.values()].includes(message.id)) return;
    const same = (item) =>
      item.text === message.text && (item.parent_id ?? 0) === message.parent_id && idsOf(item) === idsOf(message);
    const item = items.find((one) => !this.#echoes.has(one.nonce) && same(one));
    if (item) this.#echoes.set(item.nonce, message.id);
  }

  /** Nothing is to be sent any more. */
  clear() {
    this.#keep.removeAll(this.#start);
  }

  #save(item) {
    this.#keep.set(this.#start + item.nonce, item);
  }
}
