// Official clients of one chat, as they should be written: they come back, resume, apply each number once, and try again
// with the same nonce until they are answered. Commands come in as lines of JSON, answers go out as lines of JSON.
const { createInterface } = require("node:readline");
const { io } = require("socket.io-client");

const MOMENT = 100;
const PATIENCE = Number(process.env.ACK_PATIENCE || 5000);
// Where the network repeats packets, the same number may be told twice; it is still applied once.
const REPEATS = process.env.REPEATS === "yes";
const later = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

class Client {
  constructor({ url, transports, token, stream, since }, changed) {
    Object.assign(this, { stream, changed, last: since, early: [], epoch: undefined, things: new Map() });
    Object.assign(this, { numbers: [], wrong: [], holes: 0, returns: -1, denied: false, heardAt: 0, retries: 0 });
    const names = transports.split("+");
    this.socket = io(url, {
      transports: names, auth: { token }, forceNew: true, timeout: 5000,
      reconnectionDelay: MOMENT, reconnectionDelayMax: 5 * MOMENT,
    });
    this.socket.on("connect", () => { this.returns++; this.resume(); });
    this.socket.on("connect_error", (error) => {
      if (!error.data) return;
      this.denied = error.data.global?.[0]?.c;
      if (!this.socket.active) setTimeout(() => this.socket.connect(), 5 * MOMENT);
    });
    this.socket.on("disconnect", () => { this.early = []; this.changed(); });
    for (const name of ["message.new", "message.edited", "message.deleted", "message.voted", "chat.updated",
      "chat.joined", "chat.left"]) this.socket.on(name, (event) => this.hear(name, event));
  }

  get live() { return this.socket.connected && this.early === null; }

  async resume() {
    const { id } = this.socket;
    this.early = [];
    while (this.socket.connected && this.socket.id === id) {
      const asked = { streams: { [this.stream]: this.last }, ...(this.epoch && { epoch: this.epoch }) };
      const answer = await this.socket.timeout(3 * PATIENCE).emitWithAck("resume", asked).catch(() => null);
      if (this.socket.id !== id) return;
      const told = answer?.streams?.[this.stream];
      if (told?.error) { this.denied = told.error.global[0].c; return; }
      if (told) return this.caughtUp(answer.epoch, told);
      await later(MOMENT);
    }
  }

  caughtUp(epoch, told) {
    if (this.epoch && this.epoch !== epoch) this.wrong.push("another epoch");
    this.epoch = epoch;
    if (!told.recovered) this.wrong.push(`reset from ${this.last} to ${told.head}`);
    const early = this.early.sort((one, other) => one.event.seq - other.event.seq);
    this.early = null;
    for (const { name, event } of early) if (event.seq > this.last) this.apply(name, event);
    if (this.last < told.head) this.wrong.push(`replayed up to ${this.last}, told ${told.head}`);
    this.changed();
  }

  hear(name, event) {
    if (event.stream !== this.stream) return;
    this.heardAt = Date.now();
    if (this.early !== null) return void this.early.push({ name, event });
    if (REPEATS && this.numbers.includes(event.seq)) return;
    if (event.seq <= this.last) return void this.wrong.push(`${name} ${event.seq} after ${this.last}`);
    if (event.seq > this.last + 1) {
      this.holes++;
      this.resume();
      return void this.early.push({ name, event });
    }
    const born = !name.startsWith("message.") || name === "message.new" || this.things.has(event.data.id);
    if (!born) this.wrong.push(`${name} of an unknown message`);
    this.apply(name, event);
    this.changed();
  }

  apply(name, { seq, data }) {
    this.numbers.push(seq);
    this.last = seq;
    if (!name.startsWith("message.")) return;
    this.things.set(data.id, [data.seq, data.rev, data.text, data.votes]);
  }

  // Emits until it is answered, each time with the same nonce.
  async say(text, nonce) {
    for (;;) {
      const sent = { stream: this.stream, text, nonce };
      const answer = await this.socket.timeout(PATIENCE).emitWithAck("message.send", sent).catch(() => null);
      if (answer?.id) return answer;
      this.retries++;
      await later(MOMENT);
    }
  }

  report() {
    const { last, numbers, wrong, holes, returns, denied, heardAt, retries, live } = this;
    const transport = this.socket.io.engine?.transport?.name;
    return { last, numbers, wrong, holes, returns, denied, heardAt, retries, live, transport, things: [...this.things] };
  }
}

const tell = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);
let waiting = [];
const settle = () => {
  const ready = waiting.filter(({ holds }) => clients.every(holds));
  waiting = waiting.filter((one) => !ready.includes(one));
  for (const { answer } of ready) answer();
};
const clients = JSON.parse(process.argv[2]).map((options) => new Client(options, settle));

const commands = {
  until: (number) => new Promise((resolve) => {
    waiting.push({ holds: (client) => client.live && client.last >= number, answer: resolve });
    settle();
  }),
  gone: () => new Promise((resolve) => {
    waiting.push({ holds: (client) => !client.socket.connected, answer: resolve });
    settle();
  }),
  report: () => clients.map((client) => client.report()),
  say: (nonces) => Promise.all(clients.map(async (client, place) => {
    const answers = [];
    for (const nonce of nonces) answers.push(await client.say(`${place} ${nonce}`, `${place}.${nonce}`));
    return answers;
  })),
  close: () => { for (const client of clients) client.socket.disconnect(); },
};

createInterface({ input: process.stdin }).on("line", async (line) => {
  const { id, command, argument } = JSON.parse(line);
  tell({ id, answer: (await commands[command](argument)) ?? null });
}).on("close", () => process.exit(0));
