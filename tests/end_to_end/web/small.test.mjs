// The small parts: what is kept, what is refused, how things look.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Refusal, unwrap } from "../../../chatsrv/web/errors.js";
import { fileSize, gist, initials, snippet, tint, withLinks } from "../../../chatsrv/web/format.js";
import { Keep } from "../../../chatsrv/web/keep.js";
import { Outbox } from "../../../chatsrv/web/outbox.js";
import { formatRoute, parseRoute } from "../../../chatsrv/web/routes.js";
import { message, Storage } from "./people.mjs";

test("the outbox survives the page, keeps its order, and forgets only what is removed", () => {
  const storage = new Storage();
  const outbox = new Outbox(new Keep(storage), 1);
  const first = outbox.add("chat:5", "one", 0, 0);
  const second = outbox.add("chat:5", "two", 0, 0);
  outbox.fail(first.nonce, "no");
  const again = new Outbox(new Keep(storage), 1);
  assert.deepEqual(
    again.all().map(({ text }) => text),
    ["one", "two"],
  );
  assert.equal(again.next().nonce, second.nonce);
  again.remove(second.nonce);
  again.retry(first.nonce);
  assert.equal(again.next().nonce, first.nonce);
});

test("a pushed message hides the waiting one that it is", () => {
  const outbox = new Outbox(new Keep(new Storage()), 1);
  outbox.add("chat:5", "hello", 0, 0);
  outbox.add("chat:5", "hello", 0, 0);
  outbox.recognise("chat:5", message(1, { text: "hello", author_id: 1 }));
  assert.equal(outbox.of("chat:5").length, 1);
  assert.equal(outbox.all().length, 2);
});

test("a waiting message keeps the files that were uploaded for it, and only a message with the same ones is it", () => {
  const storage = new Storage();
  const files = [{ id: "a", name: "a.png" }, { id: "b", name: "b.png" }];
  new Outbox(new Keep(storage), 1).add("chat:5", "", 0, 0, files);
  const again = new Outbox(new Keep(storage), 1);
  assert.deepEqual(again.next().attachments, files);
  again.recognise("chat:5", message(1, { text: "", author_id: 1, attachments: [{ id: "c" }] }));
  assert.equal(again.of("chat:5").length, 1);
  again.recognise("chat:5", message(2, { text: "", author_id: 1, attachments: [{ id: "a" }, { id: "b" }] }));
  assert.equal(again.of("chat:5").length, 0);
});

test("values are kept for the page when the storage is full", () => {
  const storage = new Storage();
  storage.setItem = () => {
    throw new Error("full");
  };
  const keep = new Keep(storage);
  keep.set("draft", { text: "x" });
  assert.deepEqual(keep.get("draft"), { text: "x" });
});

test("a refusal names what is wrong, and whether it will pass", () => {
  const form = {
    global: [{ c: 0x2007, t: "Too many requests" }],
    fields: { text: [{ c: 0x2505, t: "A message needs a text" }] },
  };
  assert.throws(
    () => unwrap(form),
    (error) => error.isPassing && error.fields.text[0] === "A message needs a text",
  );
  assert.deepEqual(unwrap({ votes: 1, voted: true }), { votes: 1, voted: true });
  assert.equal(new Refusal(null).reached, false);
  assert.equal(new Refusal({ global: [{ c: 0x6209, t: "The token is not valid" }], fields: {} }).isAboutToken, true);
});

test("only web addresses become links, without the full stop behind them", () => {
  assert.deepEqual(withLinks("see https://example.org/a. javascript:alert(1)"), [
    { text: "see " },
    { text: "https://example.org/a", href: "https://example.org/a" },
    { text: ". javascript:alert(1)" },
  ]);
});

test("initials, snippets and colours bear every script", () => {
  assert.equal(initials("Лев Николаевич Толстой"), "ЛТ");
  assert.equal(initials("𝒜nna"), "𝒜");
  assert.equal(initials("  "), "?");
  assert.equal(snippet("a\n b"), "a b");
  assert.equal(tint("anna"), tint("anna"));
});

test("a message without a text is told by its files, and their sizes are round", () => {
  assert.equal(gist({ text: "", attachments: [{ name: "a.png" }, { name: "b.pdf" }] }), "a.png, b.pdf");
  assert.equal(gist({ text: "look", attachments: [{ name: "a.png" }] }), "look");
  const digits = [1, 999, 2_500, 1_250_000, 3e12].map((bytes) => fileSize(bytes).replace(/[^0-9]+/g, " ").trim());
  assert.deepEqual(digits, ["1", "999", "2 5", "1 3", "3 000"]);
});

test("addresses within the page lead back to themselves", () => {
  for (const hash of ["#/", "#/chat/5", "#/chat/5/thread/9", "#/conversation/7/person/Лев%2F", "#/me"]) {
    assert.equal(decodeURI(formatRoute(parseRoute(hash))), decodeURI(hash));
  }
  assert.deepEqual(parseRoute("#/chat/x"), { stream: null, panel: "chat", panelId: "x" });
});
