// The window of a long chat: whatever is loaded, what is kept is little, whole, and goes on in both directions.

import assert from "node:assert/strict";
import { test } from "node:test";

import { History } from "../../../chatsrv/web/history.js";
import { Keep } from "../../../chatsrv/web/keep.js";
import { Outbox } from "../../../chatsrv/web/outbox.js";
import { isLive, shownMessages } from "../../../chatsrv/web/room.js";
import { Store } from "../../../chatsrv/web/store.js";
import { ANNA, CHAT, message, pushed, Storage } from "./people.mjs";

const PAGE = 25;
const STREAM = "chat:5";

/** A server that has messages 1 to `count`; every tenth answers the first. */
class Server {
  asked = 0;
  hold = Promise.resolve();

  constructor(count) {
    this.all = Array.from({ length: count }, (_, index) => message(index + 1, { parent_id: index % 10 === 9 ? 10 : 0 }));
  }
  async history(_, { before, after }) {
    this.asked += 1;
    const newestFirst = this.all.toReversed();
    const later = this.all.filter(({ id }) => id > after).slice(0, PAGE).toReversed();
    const items = after ? later : newestFirst.filter(({ id }) => !before || id < before).slice(0, PAGE);
    await this.hold;
    return { items, isLast: items.length === 0 || items.at(-1).id === 10 };
  }
  async message(id) {
    const found = this.all.find((one) => one.id === id);
    return { ...found, author: { id: 2, nickname: "boris", name: "" } };
  }
}

function opened(count) {
  const store = new Store(ANNA);
  store.putRoom("chat", CHAT);
  const api = new Server(count);
  const outbox = new Outbox(new Keep(new Storage()), ANNA.id);
  return { store, api, outbox, history: new History({ api, store, outbox }), room: store.room(STREAM) };
}

const seqs = (room) => shownMessages(room).map(({ seq }) => seq);
const from = (first, last) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

test("what is far is let go, and read again on the way back", async () => {
  const { store, history, room } = opened(200);
  await history.open(STREAM);
  for (let page = 0; page < 4; page += 1) await history.loadOlder(STREAM);
  assert.deepEqual(seqs(room), from(76, 200));
  store.narrow(STREAM, { first: 76, last: 130 });
  assert.deepEqual([seqs(room), isLive(room)], [from(76, 130), false]);
  assert.ok(room.messages.size <= 55 + 1, "only the quoted one is kept beside them");
  await history.loadNewer(STREAM);
  assert.deepEqual(seqs(room), from(76, 155));
  await history.loadNewer(STREAM);
  await history.loadNewer(STREAM);
  assert.deepEqual([seqs(room), isLive(room)], [from(76, 200), true]);
});

test("a jump reads what stands around the message and nothing between", async () => {
  const { api, history, room } = opened(2000);
  await history.open(STREAM);
  await history.reach(STREAM, 5000);
  assert.deepEqual([seqs(room), api.asked], [from(476, 525), 3]);
  assert.equal(isLive(room), false);
  await history.toNewest(STREAM);
  assert.deepEqual([seqs(room), isLive(room)], [from(1976, 2000), true]);
});

test("a jump to the first and to the last message, and to one that is here", async () => {
  const { api, history, room } = opened(60);
  await history.reach(STREAM, 10);
  assert.deepEqual([seqs(room), room.complete], [from(1, 26), true]);
  await history.reach(STREAM, 600);
  assert.deepEqual([seqs(room), isLive(room)], [from(36, 60), true]);
  const { asked } = api;
  await history.reach(STREAM, 500);
  assert.equal(api.asked, asked);
});

test("what is said while one reads in the middle stands at the end, not there", async () => {
  const { store, api, history, room } = opened(100);
  await history.open(STREAM);
  await history.reach(STREAM, 300);
  const before = seqs(room);
  const said = message(101);
  api.all.push(said);
  store.apply("message.new", pushed(said));
  assert.deepEqual([seqs(room), room.last.id, room.unread], [before, 1010, 1]);
  while (!isLive(room)) await history.loadNewer(STREAM);
  assert.equal(seqs(room).at(-1), 101);
});

test("a page that was asked for before a jump does not make a hole", async () => {
  const { api, history, room } = opened(400);
  await history.open(STREAM);
  let release;
  api.hold = new Promise((resolve) => (release = resolve));
  const older = history.loadOlder(STREAM);
  const jump = history.reach(STREAM, 1000);
  release();
  await Promise.all([older, jump]);
  assert.deepEqual(seqs(room), from(76, 125));
});

test("an event for a message far away is no part of the window, and is not kept for ever", async () => {
  const { store, history, room } = opened(200);
  await history.open(STREAM);
  for (let number = 1; number <= 170; number += 1)
    for (let turn = 0; turn < 4; turn += 1)
      store.apply("message.edited", pushed(message(number, { rev: 300 + number + turn, id: number * 10 + turn })));
  assert.deepEqual(seqs(room), from(176, 200));
  assert.ok(room.messages.size <= 501, `${room.messages.size} are kept`);
});

test("a closed room keeps its latest, however much is said in it", () => {
  const { store, room } = opened(0);
  store.putPage(STREAM, [message(1)], true);
  for (let number = 2; number <= 2000; number += 1) store.apply("message.new", pushed(message(number)));
  assert.ok(room.messages.size <= 501, `${room.messages.size} are kept`);
  assert.equal(seqs(room).at(-1), 2000);
  store.close(STREAM);
  assert.deepEqual(seqs(room), from(1951, 2000));
});

test("an old thread is read from its root, and stays while it is open", async () => {
  const { store, history, room } = opened(300);
  await history.open(STREAM);
  await history.openThread(STREAM, 10);
  const ofThread = () => [...room.messages.values()].filter(({ seq }) => seq === 1 || seq % 10 === 0).length;
  assert.equal(ofThread(), 31);
  store.narrow(STREAM, { first: 280, last: 300 });
  assert.equal(ofThread(), 31);
  history.closeThread(STREAM);
  store.narrow(STREAM, { first: 285, last: 300 });
  assert.ok(ofThread() < 5);
});

test("what was stored and never acknowledged is not shown a second time beside what is read", async () => {
  const { api, outbox, history } = opened(30);
  const mine = { author: "anna", author_id: ANNA.id, text: "once" };
  api.all[19] = message(20, mine);
  api.all[29] = message(30, mine);
  const written = new Date(message(30).created).getTime() - 1000;
  const [first, second] = [outbox.add(STREAM, "once", 0, written), outbox.add(STREAM, "once", 0, written)];
  await history.open(STREAM);
  assert.deepEqual(outbox.of(STREAM).map(({ nonce }) => nonce), [second.nonce], "one of two, and none for what was said before");
  await history.toNewest(STREAM);
  assert.equal(outbox.of(STREAM).length, 1);
  outbox.fail(first.nonce, "no");
  assert.equal(outbox.of(STREAM).length, 2, "what was refused was another one");
});
