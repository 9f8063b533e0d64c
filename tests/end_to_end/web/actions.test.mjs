// What a person can do, and what this page knows when an answer was overtaken by events.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Actions } from "../../../chatsrv/web/actions.js";
import { Keep } from "../../../chatsrv/web/keep.js";
import { Outbox } from "../../../chatsrv/web/outbox.js";
import { Store } from "../../../chatsrv/web/store.js";
import { ANNA, BORIS, CHAT, message, pushed, Storage } from "./people.mjs";

const OTHER = { ...CHAT, id: 6, name: "Bald Hills" };

/** Answers that are given when the test says so, in the order in which they were asked for. */
class Answers {
  #asked = [];

  ask = () => new Promise((resolve) => this.#asked.push(resolve));

  /** Answer the earliest question, and let what follows from that happen. */
  async give(answer) {
    this.#asked.shift()(answer);
    await new Promise(setImmediate);
  }

  get waiting() {
    return this.#asked.length;
  }
}

function pageOf() {
  const store = new Store(ANNA);
  const answers = new Answers();
  const api = { chats: answers.ask, conversations: answers.ask, members: answers.ask, person: answers.ask };
  const live = { learn() {}, forget() {} };
  const outbox = new Outbox(new Keep(new Storage()), ANNA.id);
  return { store, answers, actions: new Actions({ api, store, live, outbox }) };
}

const place = (id, joined) => ({ stream: "user:1", data: { stream: `chat:${id}`, joined, muted: false, read_id: 0 } });

test("a room that came while the list was read is not lost", async () => {
  const { store, answers, actions } = pageOf();
  const done = actions.reset(["chat:5"]);
  store.putRoom("chat", OTHER);
  await answers.give([CHAT]);
  assert.equal(answers.waiting, 1);
  await answers.give([CHAT, OTHER]);
  await done;
  assert.deepEqual([...store.rooms.keys()].sort(), ["chat:5", "chat:6"]);
});

test("nor is one that is only told of, and one that went does not come back", async () => {
  const { store, answers, actions } = pageOf();
  store.putRoom("chat", CHAT);
  const done = actions.reset(["chat:5"]);
  actions.heard("chat.joined", place(6, true));
  await answers.give([CHAT]);
  actions.heard("chat.left", place(5, false));
  await answers.give([CHAT, OTHER]);
  await answers.give([OTHER]);
  await done;
  assert.deepEqual([...store.rooms.keys()], ["chat:6"]);
});

test("words that came while the list was read are counted and stay the last", async () => {
  const { store, answers, actions } = pageOf();
  store.putRoom("chat", CHAT);
  const done = actions.reset(["chat:5"]);
  store.apply("message.new", pushed(message(1)));
  store.apply("message.new", pushed(message(2)));
  await answers.give([{ ...CHAT, last_message: message(1), unread: 1 }]);
  await done;
  const room = store.room("chat:5");
  assert.deepEqual([room.last.id, room.unread], [20, 2]);
});

test("who left while the members and a person were read is not here", async () => {
  const { store, answers, actions } = pageOf();
  store.putRoom("chat", CHAT);
  const members = actions.loadMembers("chat:5");
  const person = actions.meet("boris");
  store.apply("chat.left", pushed({ user: BORIS }, 1));
  store.apply("presence", pushed({ nickname: "boris", online: false }));
  await answers.give([ANNA, { ...BORIS, online: true }]);
  await answers.give({ ...BORIS, online: true });
  await Promise.all([members, person]);
  assert.deepEqual(store.room("chat:5").members, [ANNA]);
  assert.equal(store.isOnline("boris"), false);
});

test("an answer that does not come leaves nothing behind", async () => {
  const { store } = pageOf();
  await assert.rejects(store.asOf(() => Promise.reject(new Error("no answer")), assert.fail));
  store.putRoom("chat", CHAT);
  store.apply("message.new", pushed(message(1)));
  assert.equal(store.room("chat:5").unread, 1);
});
