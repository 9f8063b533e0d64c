// Every language says everything, and nothing is asked for that none says.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";

import { sectionsFor } from "../../../chatsrv/web/sections.js";
import { english } from "../../../chatsrv/web/texts/english.js";
import { russian } from "../../../chatsrv/web/texts/russian.js";

const WEB = path.join(import.meta.dirname, "..", "..", "..", "chatsrv", "web");

/** What kind of thing stands where: the names of a group of sentences, the length of a list. */
function shape(said) {
  if (Array.isArray(said)) return said.length;
  if (typeof said !== "object") return typeof said;
  return Object.fromEntries(Object.keys(said).sort().map((name) => [name, shape(said[name])]));
}

const sources = () =>
  readdirSync(WEB, { recursive: true })
    .filter((name) => name.endsWith(".js") && !/^(vendor|texts)/.test(name))
    .map((name) => readFileSync(path.join(WEB, name), "utf8"));

test("Russian says what English says", () => {
  assert.deepEqual({ ...shape(russian), refusals: {} }, shape(english));
});

test("whatever the server refuses with is said in Russian", () => {
  const lines = readFileSync(path.join(import.meta.dirname, "..", "..", "error_codes.txt"), "utf8").trim().split("\n");
  const refused = lines.map((line) => Number(line.split(" ")[0])).filter((code) => code >> 12 === 0b10);
  assert.ok(refused.length > 100);
  assert.deepEqual(Object.keys(russian.refusals).map(Number), refused);
  for (const sentence of Object.values(russian.refusals)) assert.match(sentence, /^[А-Я].*[^.]$/);
});

test("every sentence that a view asks for exists", () => {
  const asked = sources().flatMap((source) => [...source.matchAll(/\btexts\.(\w+)(?:\.(\w+))?/g)]);
  assert.ok(asked.length > 300);
  const missing = asked.filter(([, name, part]) => {
    const said = english[name];
    return name !== "js" && (said === undefined || (part && typeof said === "object" && !Array.isArray(said) && !(part in said)));
  });
  assert.deepEqual(missing.map(([whole]) => whole), []);
});

test("every section and page has a name", () => {
  for (const { name, pages } of sectionsFor(2)) {
    assert.ok(english.sections[name], name);
    for (const page of pages) assert.ok(english.places_[page], page);
  }
});
