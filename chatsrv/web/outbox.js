// Messages that were written but not yet acknowledged. They survive the page; their nonce makes a repeat harmless.

const NONCE_BYTES = 12;

/** A fresh name for one change; getRandomValues, as randomUUID is missing on plain http. */
export function makeNonce() {
  const bytes = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const idsOf = ({ attachments }) => (attachments ?? []).map(({ id }) => id).join();

/**
 * A queue of {nonce, stream, text, parent_id, attachments, created, error?, echo?}; attachments are those that the server keeps already.
 * `error` is the reason of a refusal, `echo` the id of the pushed message that is this one though its answer is still due.
 */
export class Outbox {
  #keep;
  #name;
  #echoes = new Map();

  constructor(keep, name) {
    this.#keep = keep;
    this.#name = name;
  }

  all() {
    return this.#keep.get(this.#name) ?? [];
  }

  of(stream) {
    return this.all().filter((item) => item.stream === stream && !this.#echoes.has(item.nonce));
  }

  next() {
    return this.all().find((item) => !item.error);
  }

  add(stream, text, parentId, now, attachments = []) {
    const created = new Date(now).toISOString();
    const item = { nonce: makeNonce(), stream, text, parent_id: parentId, attachments, created };
    this.#save([...this.all(), item]);
    return item;
  }

  remove(nonce) {
    this.#echoes.delete(nonce);
    this.#save(this.all().filter((item) => item.nonce !== nonce));
  }

  fail(nonce, error) {
    this.#save(this.all().map((item) => (item.nonce === nonce ? { ...item, error } : item)));
  }

  retry(nonce) {
    this.fail(nonce, undefined);
  }

  /** The push of a message comes before its acknowledgement: stop showing the item that it must be. */
  recognise(stream, message) {
    const same = (item) =>
      item.text === message.text && (item.parent_id ?? 0) === message.parent_id && idsOf(item) === idsOf(message);
    const item = this.of(stream).find(same);
    if (item) this.#echoes.set(item.nonce, message.id);
  }

  #save(items) {
    this.#keep.set(this.#name, items);
  }
}
