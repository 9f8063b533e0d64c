// Files that shall go with the next message: they wait, are uploaded one after the other, and are kept or refused.

/** The piles of all places where one writes; one stays as it is while another room is open. */
export class Piles {
  #api;
  #piles = new Map();

  constructor(api) {
    this.#api = api;
  }

  of(place) {
    if (!this.#piles.has(place)) this.#piles.set(place, new Pile(this.#api));
    return this.#piles.get(place);
  }
}

/**
 * `items` are {key, name, size, state, share, attachment?, error?}: `state` is "waiting", "sending", "kept" or "refused", `share` how much of it
 * has gone, from 0 to 1, `attachment` what the server answered. `onChange` is called after each change.
 */
export class Pile {
  items = [];
  onChange = () => {};
  #api;
  #last = 0;

  constructor(api) {
    this.#api = api;
  }

  get kept() {
    return this.items.filter(({ state }) => state === "kept").map(({ attachment }) => attachment);
  }

  get isBusy() {
    return this.items.some(({ state }) => state === "waiting" || state === "sending");
  }

  add(files) {
    for (const file of files) this.items.push(this.#item(file));
    this.#proceed();
  }

  /** Break the upload off, or give up what was uploaded. */
  remove(key) {
    const item = this.#find(key);
    this.items = this.items.filter((other) => other !== item);
    item.upload.abort();
    if (item.attachment) this.#forget(item.attachment);
    this.onChange();
  }

  retry(key) {
    Object.assign(this.#find(key), { state: "waiting", share: 0, error: "" });
    this.#proceed();
  }

  /** What is kept, for a message that takes it; the pile is empty then. */
  take() {
    const { kept } = this;
    this.items = [];
    this.onChange();
    return kept;
  }

  #item(file) {
    const key = String((this.#last += 1));
    return { key, file, name: file.name, size: file.size, state: "waiting", share: 0, upload: new AbortController() };
  }

  #find(key) {
    return this.items.find((item) => item.key === key);
  }

  /** One at a time: the server takes few uploads of one person at once. */
  async #proceed() {
    const isSending = this.items.some(({ state }) => state === "sending");
    const item = isSending ? null : this.items.find(({ state }) => state === "waiting");
    if (item) item.state = "sending";
    this.onChange();
    if (!item) return;
    await this.#upload(item);
    this.#proceed();
  }

  async #upload(item) {
    const onProgress = (share) => {
      item.share = share;
      this.onChange();
    };
    try {
      item.attachment = await this.#api.upload(item.file, { signal: item.upload.signal, onProgress });
      item.state = "kept";
      if (!this.items.includes(item)) this.#forget(item.attachment);
    } catch (refusal) {
      Object.assign(item, { state: "refused", error: refusal.message });
    }
  }

  /** What can not be taken back now, the server removes by itself later. */
  #forget({ id }) {
    this.#api.remove(`/attachments/${id}`).catch(() => {});
  }
}
