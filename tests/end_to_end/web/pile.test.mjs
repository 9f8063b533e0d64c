// Files on their way: one after the other, broken off, refused, tried again.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Pile, Piles } from "../../../chatsrv/web/pile.js";

/** The server's side of uploads: each waits until it is answered; what was asked for stands in `asked` and `removed`. */
class Uploads {
  asked = [];
  removed = [];

  upload(file, { signal, onProgress }) {
    return new Promise((resolve, reject) => {
      signal.addEventListener("abort", () => reject(new Error("broken off")));
      this.asked.push({ file, onProgress, resolve, reject });
    });
  }

  async remove(path) {
    this.removed.push(path);
  }
}

const file = (name) => ({ name, size: 1 });
const settled = () => new Promise((resolve) => setImmediate(resolve));
const statesOf = (pile) => pile.items.map(({ state }) => state);

test("files go one after the other, tell how far they are, and are taken in their order", async () => {
  const server = new Uploads();
  const pile = new Pile(server);
  pile.add([file("a"), file("b")]);
  assert.deepEqual(statesOf(pile), ["sending", "waiting"]);
  server.asked[0].onProgress(0.5);
  assert.equal(pile.items[0].share, 0.5);
  server.asked[0].resolve({ id: "1" });
  await settled();
  assert.deepEqual(statesOf(pile), ["kept", "sending"]);
  assert.equal(pile.isBusy, true);
  server.asked[1].resolve({ id: "2" });
  await settled();
  assert.equal(pile.isBusy, false);
  assert.deepEqual(pile.take(), [{ id: "1" }, { id: "2" }]);
  assert.deepEqual(pile.items, []);
  assert.deepEqual(server.removed, []);
});

test("a refused file says why and does not hold up the next one; it can be tried again", async () => {
  const server = new Uploads();
  const pile = new Pile(server);
  pile.add([file("a"), file("b")]);
  server.asked[0].reject(new Error("too large"));
  await settled();
  assert.deepEqual(statesOf(pile), ["refused", "sending"]);
  assert.equal(pile.items[0].error, "too large");
  pile.retry(pile.items[0].key);
  server.asked[1].resolve({ id: "2" });
  await settled();
  server.asked[2].resolve({ id: "1" });
  await settled();
  assert.deepEqual(pile.kept, [{ id: "1" }, { id: "2" }]);
});

test("what is removed is broken off, or given up on the server when it was there already", async () => {
  const server = new Uploads();
  const pile = new Pile(server);
  pile.add([file("a"), file("b")]);
  pile.remove(pile.items[0].key);
  await settled();
  assert.deepEqual(statesOf(pile), ["sending"]);
  server.asked[1].resolve({ id: "2" });
  await settled();
  pile.remove(pile.items[0].key);
  assert.deepEqual(server.removed, ["/attachments/2"]);
});

test("each place has a pile of its own, which is there when one comes back", () => {
  const piles = new Piles(new Uploads());
  piles.of("chat:5").add([file("a")]);
  assert.equal(piles.of("chat:6").items.length, 0);
  assert.equal(piles.of("chat:5").items.length, 1);
});
