// Every page and dialog, for those who do not see it: axe finds nothing, keys lead everywhere and back.

import { english } from "../../../chatsrv/web/texts/english.js";
import { russian } from "../../../chatsrv/web/texts/russian.js";
import { checkNone, faultsOf, settled } from "../story/axe.mjs";
import { BORIS, stage } from "../story/stage.mjs";
import { foundChat } from "../story/talk.mjs";
import { agree, bubble, check, post, press, say, seen } from "../story/windows.mjs";

const VERA = { nickname: "vera", password: "Teacher-word-1", isKnown: true };
const proper = (who) => [
  ["/achievements", { title: `First at chess: ${who}`, description: "Of the town", kind: "event" }],
  ["/v0/diary/", { day: "2026-11-20", mood: 4, text: "It snowed", achieved: ["Woke up"] }],
  ["/v0/dreams/", { name: "To fly", description: "High" }],
  ["/v0/goals/", { name: "To read", due_date: 1_900_000_000 }],
];

/** Let there be something of everything; answers the addresses of the pages that have something to show. */
async function furnish(browser, vera, boris) {
  await foundChat(browser, vera, boris);
  await say(boris, "Good evening, @vera! Have you read https://example.org yet?");
  await say(vera, "Not yet");
  await press(vera, "Good evening", "Like");
  await press(boris, "Not yet", "Reply");
  await say(boris, "Then read it");
  await say(vera, "Oh, wrong chat");
  await press(vera, "wrong chat", "Delete");
  await agree(vera, "Delete");
  await bubble(boris, "Message deleted").waitFor();
  for (const [path, body] of proper("vera")) await post(vera, path, body);
  for (const [path, body] of proper("boris")) await post(boris, path, body);
  await post(vera, "/banners", { active: true, title: "Holidays", content: "School is out" });
  const chat = new URL(vera.url()).hash.split("/")[2];
  const root = await bubble(vera, "Not yet").and(vera.locator("[data-id]")).first().getAttribute("data-id");
  const pages = await vera.evaluate(async () => Object.keys((await import("/web/views/pages.js")).PAGES));
  const article = await post(boris, "/articles/new", { title: "War and peace", text: "A long one." });
  const { id } = await vera.evaluate(() => JSON.parse(localStorage["chatsrv.me"]));
  const withIds = { article: `article/${article.id}`, author: `author/${id}` };
  const rooms = ["", "/members", "/person/boris", `/thread/${root}`].map((panel) => `#/chat/${chat}${panel}`);
  return ["#/", ...rooms, "#/notifications", "#/notifications/settings", ...pages.map((page) => `#/${withIds[page] ?? page}`)];
}

/** The dialogs: where they are opened, and how. */
const dialogs = (texts, chat) => [
  ["#/", (page) => page.getByRole("button", { name: texts.newChat })],
  ["#/", (page) => page.getByRole("button", { name: texts.newConversation })],
  ["#/settings", (page) => page.getByRole("button", { name: texts.shortcuts })],
  ["#/settings", (page) => page.getByRole("button", { name: texts.logOutOthers })],
  [`${chat}/members`, (page) => page.getByRole("button", { name: texts.invite })],
  [`${chat}/members`, (page) => page.getByRole("button", { name: texts.leave })],
];

async function go(page, settle, address) {
  await page.evaluate((hash) => (location.hash = hash), address);
  await page.locator('.shell[data-shows="rooms"], .room, .panel h2').first().waitFor();
  await settle();
}

/** A dialog takes the focus, keeps it, and gives it back to what opened it. */
async function tryDialog(page, opener, address) {
  await opener.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  const faults = await faultsOf(page, `a dialog of ${address}`);
  for (let step = 0; step < 8; step += 1) {
    await page.keyboard.press("Tab");
    const isInside = await page.evaluate(
      () => document.activeElement === document.body || Boolean(document.activeElement.closest("dialog")),
    );
    check(isInside, `the focus stays in the dialog of ${address}`);
  }
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  check(await opener.evaluate((node) => node === document.activeElement), `the focus returns to where it was: ${address}`);
  return faults;
}

async function look(page, texts, addresses) {
  const faults = [];
  const settle = settled(page);
  for (const address of addresses) {
    await go(page, settle, address);
    faults.push(...(await faultsOf(page, address)));
  }
  for (const [address, open] of dialogs(texts, addresses[1])) {
    await go(page, settle, address);
    faults.push(...(await tryDialog(page, open(page), address)));
  }
  return faults;
}

/** Runs in the page: what has the focus, whether that can be seen, and what else could be reached by Tab. */
function focused() {
  const node = document.activeElement;
  const style = getComputedStyle(node);
  const hasOutline = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  // Where one writes a message the frame around the field is marked.
  const isFramed = getComputedStyle(node.parentElement).boxShadow !== "none";
  // The last step within a field for a time is its clock, a part of the browser's, which marks it itself.
  const isMarked = hasOutline || isFramed || node.type === "time";
  const box = node.getBoundingClientRect();
  const isInside = box.width > 0 && box.bottom > 0 && box.top < innerHeight;
  return { name: node.outerHTML.slice(0, 120), isMarked, isInside, isBody: node === document.body };
}

/** Runs in the page: whether Tab has come round. A field for a time takes several steps. */
function isRound() {
  const node = document.activeElement;
  const isBack = window.walked.has(node) && window.latest !== node;
  window.walked.add(node);
  window.latest = node;
  return isBack;
}

/** Whether Tab walks through everything that one can use, and one always sees where one is: what is wrong, a line each. */
async function walk(page, settle, address) {
  await go(page, settle, address);
  await page.evaluate(() => {
    const start = document.createElement("a");
    start.tabIndex = -1;
    document.body.prepend(start);
    start.focus();
    start.remove();
    window.walked = new Set();
  });
  const faults = [];
  for (let step = 0; step < 200; step += 1) {
    await page.keyboard.press("Tab");
    const here = await page.evaluate(focused);
    if (here.isBody) break;
    if (!here.isMarked || !here.isInside) faults.push(`${address}: one does not see where one is: ${here.name}`);
    if (await page.evaluate(isRound)) break;
  }
  const missed = await page.evaluate(() =>
    [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
      .filter((node) => node.checkVisibility({ visibilityProperty: true }) && node.tabIndex >= 0 && !node.disabled)
      // A list of messages is one stop, which moves to the message that a link in it was reached of.
      .filter((node) => !window.walked.has(node) && !node.matches(".message"))
      .map((node) => node.outerHTML.slice(0, 120)),
  );
  return [...faults, ...missed.map((name) => `${address}: Tab does not reach ${name}`)];
}

await stage([VERA, BORIS], async (browser, vera, boris) => {
  const door = await browser.open("somebody");
  const faults = await faultsOf(door, "the door");
  await door.getByRole("link", { name: "New here?" }).click();
  faults.push(...(await faultsOf(door, "registering")));
  checkNone(faults);
  const addresses = await furnish(browser, vera, boris);
  const settle = settled(vera);
  const unreached = [];
  for (const address of addresses) unreached.push(...(await walk(vera, settle, address)));
  checkNone([...unreached, ...(await look(vera, english, addresses))]);
  seen("Tab leads everywhere, dialogs give the focus back; no violation anywhere in light, in the dark, on a phone");
  const russianWindow = await browser.openAs(vera, "vera in Russian", "ru-RU");
  checkNone(await look(russianWindow, russian, addresses));
  seen("nor in Russian");
});
