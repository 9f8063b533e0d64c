// What belongs together, who sees it, and where the words stand that were found.

import assert from "node:assert/strict";
import { test } from "node:test";

import { excerpt, pieces } from "../../../chatsrv/web/marks.js";
import { ADMIN, maySee, MODERATOR, sectionOf, sectionsFor, STUDENT } from "../../../chatsrv/web/sections.js";
import { chooseLanguage, chosenLanguage, languageOf } from "../../../chatsrv/web/texts.js";
import { Keep } from "../../../chatsrv/web/keep.js";
import { Storage } from "./people.mjs";

const pagesFor = (role) => sectionsFor(role).flatMap(({ pages }) => pages);

test("each role sees its pages, and no section that would be empty", () => {
  assert.ok(!sectionsFor(STUDENT).some(({ name }) => name === "staff"));
  assert.ok(pagesFor(MODERATOR).includes("reports") && !pagesFor(MODERATOR).includes("audit"));
  assert.ok(pagesFor(ADMIN).includes("audit") && pagesFor(ADMIN).includes("contacts"));
});

test("a page stands in its section, also one that is opened from another", () => {
  assert.equal(sectionOf("dreams", STUDENT).name, "personal");
  assert.equal(sectionOf("article", STUDENT).name, "forum");
  assert.equal(sectionOf("bots", STUDENT).name, "own");
  assert.equal(sectionOf("audit", STUDENT), null);
  assert.ok(maySee("audit", ADMIN) && !maySee("audit", MODERATOR) && maySee("person", STUDENT));
  assert.equal(sectionOf("members", ADMIN), null);
});

const said = (cut) => cut.map(({ text, isMarked }) => (isMarked ? `[${text}]` : text)).join("");

test("the found words are marked where the server says, and nothing is lost", () => {
  assert.equal(said(pieces("war and peace", [[0, 3], [8, 5]])), "[war] and [peace]");
  assert.equal(said(pieces("𝒜 war", [[3, 3]])), "𝒜 [war]");
  assert.equal(said(pieces("<b>war</b>", [[3, 3]])), "<b>[war]</b>");
  assert.deepEqual(pieces(""), []);
});

test("of a long text the part around its first mark is shown", () => {
  const text = `${"once upon a time ".repeat(50)}there was a war${" and then".repeat(50)}`;
  const cut = said(excerpt(text, [[text.indexOf("war"), 3]], 80));
  assert.match(cut, /^…\w+ .*there was a \[war\] and then.*…$/);
  assert.ok(cut.length < 90);
  assert.equal(said(excerpt("short war", [[6, 3]])), "short [war]");
  assert.match(said(excerpt("x".repeat(500), [], 80)), /^x{80}…$/);
});

test("a language is chosen, or the browser's, or English", () => {
  const keep = new Keep(new Storage());
  assert.equal(chosenLanguage(keep), "");
  chooseLanguage(keep, "ru");
  assert.equal(chosenLanguage(keep), "ru");
  chooseLanguage(keep, "");
  assert.equal(chosenLanguage(keep), "");
  keep.set("language", "constructor");
  assert.equal(chosenLanguage(keep), "");
  assert.deepEqual([["fr", "ru-RU"], ["fr"], ["en-GB", "ru"]].map(languageOf), ["ru", "en", "en"]);
});
