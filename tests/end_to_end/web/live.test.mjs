// How the page counts what it hears, and how it catches up.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Live } from "../../../chatsrv/web/live.js";
import { Numbers } from "../../../chatsrv/web/numbers.js";
import { message, pushed } from "./people.mjs";

test("numbers in a row need nothing, a jump is a hole, a repeat is old news", () => {
  const numbers = new Numbers();
  numbers.finish("chat:5", 7);
  assert.equal(numbers.see("chat:5", 8), "ok");
  assert.equal(numbers.see("chat:5", 8), "ok");
  assert.equal(numbers.see("chat:5", 10), "hole");
  assert.deepEqual(numbers.known(), { "chat:5": 8 });
});

test("while a stream is caught up on its numbers may jump, and count only when that has ended", () => {
  const numbers = new Numbers();
  numbers.finish("chat:5", 7);
  numbers.begin();
  assert.equal(numbers.see("chat:5", 20), "ok");
  assert.deepEqual(numbers.known(), { "chat:5": 7 });
  numbers.finish("chat:5", 20);
  assert.equal(numbers.see("chat:5", 21), "ok");
});

test("a stream that was never heard is unknown", () => {
  assert.equal(new Numbers().see("chat:5", 1), "unknown");
});

/** The server's side of a connection, as far as Live sees it: `answers` are given to resume, one after the other. */
class Line {
  connected = false;
  active = true;
  asked = [];
  #listeners = new Map();

  constructor(answers) {
    this.answers = answers;
  }
  on(name, listener) {
    this.#listeners.set(name, listener);
  }
  off() {
    this.#listeners.clear();
  }
  onAny(listener) {
    this.push = listener;
  }
  offAny() {
    this.push = () => {};
  }
  timeout() {
    return this;
  }
  async emitWithAck(name, payload) {
    this.asked.push(payload.streams);
    return this.answers.shift();
  }
  connect() {
    this.connected = true;
    return this.#listeners.get("connect")();
  }
  disconnect() {
    this.connected = false;
  }
  lose() {
    this.connected = false;
    this.#listeners.get("disconnect")("transport close");
  }
}

function liveOn(line) {
  const told = [];
  const tell =
    (name) =>
    (...values) => {
      told.push([name, ...values.map((value) => value?.data?.id ?? value)]);
    };
  const calls = Object.fromEntries(
    ["onEvent", "onStatus", "onFirst", "onReset", "onGone"].map((name) => [name, tell(name)]),
  );
  return { live: new Live(() => line, { token: () => "t", refresh: async () => {}, ...calls }), told };
}

const heads = (streams) => ({ epoch: "e", streams });
const settled = () => new Promise((resolve) => setImmediate(resolve));

test("first everything is read, later only what was missed is asked for", async () => {
  const line = new Line([heads({ "chat:5": { head: 3 } }), heads({ "chat:5": { recovered: true, head: 4 } })]);
  const { live, told } = liveOn(line);
  await line.connect();
  assert.deepEqual(told, [["onFirst"], ["onStatus", "online"]]);
  line.push("message.new", pushed(message(4)));
  line.lose();
  await line.connect();
  assert.deepEqual(line.asked, [{}, { "chat:5": 4 }]);
  assert.equal(live.status, "online");
});

test("a hole in the numbers is filled for that stream alone", async () => {
  const line = new Line([
    heads({ "chat:5": { head: 3 }, "user:1": { head: 1 } }),
    heads({ "chat:5": { recovered: true, head: 6 } }),
  ]);
  liveOn(line);
  await line.connect();
  line.push("message.new", pushed(message(6)));
  await settled();
  assert.deepEqual(line.asked.at(-1), { "chat:5": 3 });
  line.push("message.new", pushed(message(7)));
  await settled();
  assert.equal(line.asked.length, 2);
});

test("what can not be caught up on is read afresh, and what is ours no more is given up", async () => {
  const error = { global: [{ c: 1, t: "No such stream" }], fields: {} };
  const lost = heads({ "chat:5": { recovered: false, reset: true, head: 900 }, "chat:6": { recovered: false, error } });
  const line = new Line([
    heads({ "chat:5": { head: 3 }, "chat:6": { head: 3 } }),
    lost,
    heads({ "chat:5": { recovered: true, head: 901 } }),
  ]);
  const { told } = liveOn(line);
  await line.connect();
  line.lose();
  await line.connect();
  assert.deepEqual(told.slice(3), [
    ["onGone", "chat:6"],
    ["onReset", ["chat:5"]],
    ["onStatus", "online"],
  ]);
  line.push("message.new", pushed(message(901)));
  await settled();
  assert.equal(line.asked.length, 2);
});

test("a stream that appears is counted from its head and read afresh", async () => {
  const line = new Line([heads({ "user:1": { head: 1 } }), heads({ "user:1": { head: 2 }, "chat:5": { head: 9 } })]);
  const { told } = liveOn(line);
  await line.connect();
  line.push("message.new", pushed(message(9)));
  await settled();
  assert.deepEqual(told.at(-1), ["onReset", ["chat:5"]]);
});
