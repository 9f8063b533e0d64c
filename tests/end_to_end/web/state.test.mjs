// What the page knows, and what an event does to it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { rootOf, shownMessages, threadOf } from "../../../chatsrv/web/room.js";
import { Store } from "../../../chatsrv/web/store.js";
import { timeline } from "../../../chatsrv/web/timeline.js";
import { ANNA, BORIS, CHAT, message, pushed } from "./people.mjs";

function storeWithChat() {
  const store = new Store(ANNA);
  store.putRoom("chat", CHAT);
  return store;
}

test("an event is an upsert: a repeat or an older state changes nothing", () => {
  const store = storeWithChat();
  const edited = message(1, { rev: 3, text: "later", edited: true });
  store.apply("message.edited", pushed(edited));
  store.apply("message.new", pushed(message(1)));
  store.apply("message.edited", pushed(edited));
  const room = store.room("chat:5");
  assert.equal(room.messages.get(10).text, "later");
  assert.equal(room.unread, 1);
});

test("unread rises with the words of others and falls with the read mark", () => {
  const store = storeWithChat();
  store.apply("message.new", pushed(message(1)));
  store.apply("message.new", pushed(message(2, { author: "anna", author_id: 1 })));
  store.apply("message.new", pushed(message(3)));
  assert.equal(store.room("chat:5").unread, 2);
  store.apply("read", {
    stream: "user:1",
    seq: 4,
    data: { stream: "chat:5", joined: true, muted: false, read_id: 30 },
  });
  assert.equal(store.room("chat:5").unread, 0);
});

test("a like is mine only when I am the voter", () => {
  const store = storeWithChat();
  const voted = (rev, votes, voter, isVoted) =>
    pushed({ ...message(1, { rev, votes }), voter_id: voter, voted: isVoted });
  store.apply("message.voted", voted(2, 1, 2, true));
  assert.equal(store.room("chat:5").messages.get(10).voted, false);
  store.apply("message.voted", voted(3, 2, 1, true));
  store.apply("message.voted", voted(4, 1, 2, false));
  assert.deepEqual(
    [store.room("chat:5").messages.get(10).voted, store.room("chat:5").messages.get(10).votes],
    [true, 1],
  );
});

test("what is pushed before its room was read waits for the room", () => {
  const store = new Store(ANNA);
  store.apply("message.new", pushed(message(1)));
  store.putRoom("chat", CHAT);
  assert.equal(store.room("chat:5").last.id, 10);
});

test("an old message that an event brings leaves no hole in the window", () => {
  const store = storeWithChat();
  store.putPage("chat:5", [message(9), message(8)], false);
  store.apply("message.edited", pushed(message(2, { rev: 10 })));
  assert.deepEqual(
    shownMessages(store.room("chat:5")).map(({ seq }) => seq),
    [8, 9],
  );
  store.putPage("chat:5", [message(7), message(2)], true);
  assert.deepEqual(
    shownMessages(store.room("chat:5")).map(({ rev }) => rev),
    [10, 7, 8, 9],
  );
});

test("a new nickname replaces the old one wherever it stands", () => {
  const store = storeWithChat();
  store.putMembers("chat:5", [
    { ...ANNA, inviter: "boris" },
    { ...BORIS, inviter: "" },
  ]);
  store.apply("chat.updated", { stream: "chat:5", seq: 3, data: { id: 5, user: { ...BORIS, nickname: "bob" } } });
  const room = store.room("chat:5");
  assert.equal(room.admin, "bob");
  assert.equal(room.members[0].inviter, "bob");
  assert.equal(store.authorOf(message(1)).nickname, "bob");
});

// threads and lines

test("a thread is its root and every answer at any depth", () => {
  const store = storeWithChat();
  store.putPage("chat:5", [message(4, { parent_id: 20 }), message(3), message(2, { parent_id: 10 }), message(1)], true);
  const room = store.room("chat:5");
  assert.equal(rootOf(room, 40), 10);
  assert.deepEqual(
    threadOf(room, 10).map(({ id }) => id),
    [10, 20, 40],
  );
});

test("lines have days, one mark of what is new, groups of one author, and what waits at the end", () => {
  const store = storeWithChat();
  const yesterday = message(1, { created: new Date(2026, 10, 19, 12).toISOString() });
  const messages = [yesterday, message(2), message(3), message(4)];
  const waiting = [{ nonce: "n", text: "soon", parent_id: 0, created: message(5).created }];
  const now = new Date(2026, 10, 20, 13);
  const lines = timeline(store, store.room("chat:5"), { messages, waiting, newAfter: 20, now });
  const shown = lines.map(({ kind, label, id, receipt }) => label ?? id ?? receipt ?? kind);
  assert.deepEqual(shown, ["Yesterday", 10, "Today", 20, "new", 30, 40, "sending"]);
  const followers = lines.filter(({ follows }) => follows).map(({ id }) => id);
  assert.deepEqual(followers, [40]);
});
