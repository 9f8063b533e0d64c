// The live side: one Socket.IO connection, its numbers, and how to catch up after every gap.

import { Refusal, unwrap } from "./errors.js";
import { Numbers } from "./numbers.js";

const ANSWER_WITHIN = 10_000;
const TRY_AGAIN_AFTER = 2_000;

/**
 * Calls back: onEvent(name, event); onStatus("online" | "offline"); onFirst(), everything must be read over REST; onReset(streams),
 * these must; onGone(stream), it is ours no more.
 */
export class Live {
  #socket;
  #numbers = new Numbers();
  #calls;
  #counting = false;
  #started = false;
  #learning = null;
  #timer = 0;
  status = "connecting";

  constructor(io, { token, refresh, ...calls }) {
    this.#calls = calls;
    this.#socket = io({ autoConnect: false, auth: (give) => give({ token: token() }) });
    this.#socket.on("connect", () => this.#connected());
    this.#socket.on("disconnect", (reason) => this.#disconnected(reason));
    this.#socket.on("connect_error", (error) => this.#refused(error, refresh));
    this.#socket.onAny((name, event) => this.#heard(name, event));
  }

  connect() {
    this.#socket.connect();
  }

  close() {
    clearTimeout(this.#timer);
    this.#socket.offAny();
    this.#socket.off();
    this.#socket.disconnect();
  }

  get isOnline() {
    return this.status === "online";
  }

  /** Emit and return the acknowledgement's data. Throws Refusal, with `reached` false when no answer came. */
  async ask(name, payload) {
    if (!this.#socket.connected) throw new Refusal(null);
    const answer = await this.#socket
      .timeout(ANSWER_WITHIN)
      .emitWithAck(name, payload)
      .catch(() => null);
    if (answer === null) throw new Refusal(null);
    return unwrap(answer);
  }

  /** Start to count the streams that appeared since; they must then be read over REST. */
  async learn() {
    const earlier = this.#learning;
    this.#learning = (async () => {
      await earlier;
      await this.#learnNow();
    })();
    await this.#learning;
  }

  async #learnNow() {
    try {
      const { streams } = await this.ask("resume", { epoch: this.#numbers.epoch, streams: {} });
      const fresh = Object.keys(streams).filter((stream) => !this.#numbers.has(stream));
      for (const stream of fresh) this.#numbers.finish(stream, streams[stream].head);
      if (fresh.length > 0) this.#calls.onReset?.(fresh);
    } catch {
      if (this.#socket.connected) this.#later(() => this.learn());
    }
  }

  forget(stream) {
    this.#numbers.forget(stream);
  }

  // the connection

  /** Catch up on everything, and try again until that or the connection ends. */
  async #connected() {
    this.#numbers.begin();
    try {
      await this.#resume(this.#numbers.known());
      this.#counting = true;
      if (!this.#started) await this.#calls.onFirst?.();
      this.#started = true;
      if (this.#socket.connected) this.#become("online");
    } catch {
      if (this.#socket.connected) this.#later(() => this.#connected());
    }
  }

  #disconnected(reason) {
    this.#become("offline");
    if (reason === "io server disconnect") this.#later(() => this.connect());
  }

  async #refused(error, refresh) {
    this.#become("offline");
    if (this.#socket.active) return;
    const refusal = new Refusal(error.data);
    try {
      if (refusal.isAboutToken) await refresh();
    } catch (failure) {
      if (failure.reached) return;
    }
    this.#later(() => this.connect());
  }

  #later(call) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(call, TRY_AGAIN_AFTER);
  }

  #become(status) {
    if (this.status === status) return;
    this.status = status;
    this.#calls.onStatus?.(status);
  }

  // numbers

  #heard(name, event) {
    if (name === "reset") return this.#reset(event.stream, event.data.head);
    this.#calls.onEvent?.(name, event);
    if (event.seq === undefined || !this.#counting) return undefined;
    const verdict = this.#numbers.see(event.stream, event.seq);
    if (verdict === "unknown") return this.learn();
    if (verdict === "hole") return this.#fill(event.stream);
    return undefined;
  }

  #reset(stream, head) {
    this.#numbers.finish(stream, head);
    this.#calls.onReset?.([stream]);
  }

  async #fill(stream) {
    try {
      await this.#resume({ [stream]: this.#numbers.known()[stream] });
    } catch {
      if (this.#socket.connected) this.#later(() => this.#connected());
    }
  }

  async #resume(streams) {
    this.#resumed(await this.ask("resume", { epoch: this.#numbers.epoch, streams }));
  }

  #resumed({ epoch, streams }) {
    this.#numbers.epoch = epoch;
    const stale = [];
    for (const [stream, { recovered, head, error }] of Object.entries(streams)) {
      if (error) {
        this.#numbers.forget(stream);
        this.#calls.onGone?.(stream);
        continue;
      }
      this.#numbers.finish(stream, head);
      if (recovered === false) stale.push(stream);
    }
    if (stale.length > 0) this.#calls.onReset?.(stale);
  }
}
