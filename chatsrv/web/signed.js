// Addresses that open a file without a header, as an <img> and a <video> need them: asked for once, and anew before they end.

const USED_FOR = 10 * 60_000;
const OURS = /^\/attachments\/([0-9a-f-]{36})$/;

/** The id of the attachment that an address names, null for any other address. */
export const attachmentIn = (address) => OURS.exec(address)?.[1] ?? null;

export class Signed {
  #api;
  #known = new Map();

  constructor(api) {
    this.#api = api;
  }

  /** The attachment with its signed addresses. Throws Refusal. */
  details(id) {
    return this.#fresh(id).asked;
  }

  /** Let an <img> or <video> show the attachment; `address` is "signed_url" or "signed_thumbnail". What can not be read shows nothing. */
  show(node, id, address) {
    // An address that ended meanwhile is asked for once more.
    node.addEventListener("error", () => this.#showAgain(node, id, address), { once: true });
    this.#put(node, id, address);
  }

  #showAgain(node, id, address) {
    this.#known.delete(id);
    node.addEventListener("error", () => node.remove(), { once: true });
    this.#put(node, id, address);
  }

  /** At once where it is known: what is built anew must not flicker. */
  #put(node, id, address) {
    const { asked, answer } = this.#fresh(id);
    const put = (details) => details[address] && node.setAttribute("src", details[address]);
    if (answer) put(answer);
    else asked.then(put, () => {});
  }

  #fresh(id) {
    const known = this.#known.get(id);
    if (known && Date.now() - known.at < USED_FOR) return known;
    const entry = { at: Date.now(), answer: null };
    entry.asked = this.#api.attachment(id);
    entry.asked.then(
      (answer) => (entry.answer = answer),
      () => this.#known.get(id) === entry && this.#known.delete(id),
    );
    this.#known.set(id, entry);
    return entry;
  }
}
