// Two people with a browser each hold a whole conversation on a real server.
//
// node browser.mjs ADDRESS FOLDER: screenshots are left in FOLDER. Each thing that was seen is a line "seen: …" on stdout. Lines "please: kill" and
// "please: restart" ask whoever started this for that; an empty line on stdin says that it is done. Exits 0 when everything was seen.

import { createRequire } from "node:module";
import path from "node:path";
import readline from "node:readline";
import { pathToFileURL } from "node:url";

const modules = process.env.CHATSRV_NODE_MODULES ?? path.join(import.meta.dirname, "..", "node_modules");
const { chromium } = createRequire(pathToFileURL(path.join(modules, "_.js")))("playwright-core");

const [address, folder] = process.argv.slice(2);
const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const LIMIT = 15_000;
const ANNA = { nickname: "anna", name: "Anna Karenina", email: "anna@example.org", password: "correct horse" };
const BORIS = { nickname: "boris", name: "Boris Godunov", email: "boris@example.org", password: "battery staple" };

const answers = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
let isServerDown = false;
const faults = [];

const seen = (what) => console.log(`seen: ${what}`);
const check = (isTrue, what) => {
  if (!isTrue) throw new Error(`not so: ${what}`);
};

async function please(what) {
  console.log(`please: ${what}`);
  await answers.next();
}

// watching

function isExpected(message) {
  return isServerDown || message.location().url.endsWith("/user/register");
}

function watch(page, who) {
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type()) && !isExpected(message)) faults.push(`${who}: ${message.text()} ${message.location().url}`);
  });
  page.on("pageerror", (error) => faults.push(`${who}: ${error.stack}`));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith("http") && url.host !== new URL(address).host) faults.push(`${who} asked another host: ${url}`);
  });
}

async function openWindow(browser, who, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-GB", colorScheme: "light", reducedMotion: "reduce", ...options });
  context.setDefaultTimeout(LIMIT);
  const page = await context.newPage();
  watch(page, who);
  await page.goto(address);
  return page;
}

const picture = (page, name) => page.screenshot({ path: path.join(folder, `${name}.png`) });

// what people do

const log = (page) => page.locator(".room .log");
const bubble = (page, text) => log(page).locator(".message").filter({ has: page.locator(".text", { hasText: text }) });
const field = (page) => page.getByRole("textbox", { name: /^Message / });
const roomLink = (page, title) => page.getByRole("link", { name: title });

async function register(page, person) {
  await page.getByRole("link", { name: "New here?" }).click();
  for (const [name, value] of Object.entries(person)) await page.locator(`input[name="${name}"]`).fill(value);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByRole("navigation", { name: "Chats and conversations" }).waitFor();
}

async function say(page, text) {
  await field(page).fill(text);
  await field(page).press("Enter");
  await bubble(page, text).waitFor();
}

async function press(page, text, tool) {
  await bubble(page, text).hover();
  await bubble(page, text).getByRole("button", { name: tool, exact: true }).click();
}

// the story

async function refuseBadRegistration(page) {
  await page.getByRole("link", { name: "New here?" }).click();
  await page.locator('input[name="nickname"]').fill("anna");
  await page.locator('input[name="email"]').fill("not an address");
  await page.locator('input[name="password"]').fill("short");
  await page.getByRole("button", { name: "Create account" }).click();
  await page.locator('[data-error-of="email"]:not(:empty)').waitFor();
  await page.locator('[data-error-of="password"]:not(:empty)').waitFor();
  check((await page.locator('input[name="email"]').getAttribute("aria-invalid")) === "true", "the e-mail field is marked");
  await picture(page, "01-errors-beside-fields");
  await page.reload();
  await page.getByRole("link", { name: "Have an account?" }).click();
  seen("errors of a bad registration stand beside their fields");
}

async function foundChat(anna, boris) {
  await anna.getByRole("button", { name: "New chat" }).click();
  await anna.getByLabel("Name of the chat").fill("Yasnaya Polyana");
  await anna.getByRole("button", { name: "Create" }).click();
  await anna.getByRole("heading", { name: "Yasnaya Polyana" }).waitFor();
  await anna.getByRole("button", { name: "Members" }).click();
  await anna.getByRole("button", { name: "Invite" }).click();
  await anna.getByRole("textbox", { name: "Nickname" }).fill("boris");
  await anna.getByRole("dialog").getByRole("button", { name: "Invite" }).click();
  await anna.getByRole("complementary", { name: "Members" }).getByText("Boris Godunov").waitFor();
  await anna.getByText("2 members, 2 online").waitFor();
  await picture(anna, "02-members");
  await anna.keyboard.press("Escape");
  await roomLink(boris, "Yasnaya Polyana").click();
  seen("a chat appears in the window of the person who was invited, and who is online");
}

async function talk(anna, boris) {
  await say(anna, "Good evening, Boris Fyodorovich!");
  await bubble(boris, "Good evening").waitFor();
  await say(boris, "Good evening! Have you read https://example.org/war-and-peace yet?");
  await bubble(anna, "Have you read").waitFor();
  check((await bubble(anna, "Have you read").getByRole("link").count()) === 1, "an address is a link");
  seen("each sees the other's words without reloading");

  await field(anna).focus();
  await anna.keyboard.type("Only the first\n".trim());
  await boris.getByText("Anna Karenina is typing").or(boris.getByText("anna is typing")).first().waitFor();
  seen("typing");
  await anna.keyboard.press("Shift+Enter");
  await anna.keyboard.type("three volumes");
  await anna.keyboard.press("Enter");
  await bubble(boris, "three volumes").waitFor();
  check((await bubble(boris, "three volumes").locator(".text").innerText()) === "Only the first\nthree volumes", "Shift+Enter is a new line");
  seen("sending with the keyboard alone");
}

async function replyInThread(anna, boris) {
  await press(boris, "three volumes", "Open thread");
  await boris.getByRole("textbox", { name: "Reply in the thread" }).fill("The fourth is the best one.");
  await boris.keyboard.press("Enter");
  const reply = bubble(anna, "The fourth is the best one.");
  await reply.locator(".quote", { hasText: "Only the first" }).waitFor();
  await bubble(anna, "three volumes").getByRole("button", { name: "Open thread: 1 reply" }).click();
  await anna.getByRole("complementary", { name: "Thread" }).getByText("The fourth is the best one.").waitFor();
  await picture(anna, "03-thread");
  for (const page of [anna, boris]) await page.keyboard.press("Escape");
  await reply.locator(".quote").click();
  await anna.locator(".message.flash", { hasText: "three volumes" }).waitFor();
  seen("a reply with its quote, its thread, and the way to its parent");
}

async function change(anna, boris) {
  await press(boris, "three volumes", "Like");
  await bubble(anna, "three volumes").getByRole("button", { name: /^1 like/ }).waitFor();
  await press(boris, "Good evening, Boris", "Like");
  await press(boris, "Good evening, Boris", "Take back the like");
  await bubble(anna, "Good evening, Boris").getByRole("button", { name: /like\./ }).waitFor({ state: "detached" });
  seen("votes, given and taken back");

  await field(anna).press("ArrowUp");
  await field(anna).fill("Only the first\nthree volumes, so far");
  await anna.keyboard.press("Enter");
  await bubble(boris, "so far").getByText("edited").waitFor();
  seen("an edit");

  await say(boris, "Oh, wrong chat");
  await bubble(anna, "wrong chat").waitFor();
  await press(boris, "wrong chat", "Delete");
  await boris.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await bubble(anna, "Message deleted").waitFor();
  check((await bubble(anna, "wrong chat").count()) === 0, "the deleted words are gone");
  await picture(anna, "04-chat");
  seen("a deletion leaves a tombstone");
}

async function converse(anna, boris) {
  await boris.getByRole("button", { name: "New conversation" }).click();
  await boris.getByRole("textbox", { name: "Nickname" }).fill("anna");
  await boris.getByRole("textbox", { name: "First message" }).fill("A word in private, please");
  await boris.getByRole("dialog").getByRole("button", { name: "Send" }).click();
  await roomLink(anna, "Boris Godunov").getByLabel("1 unread").waitFor();
  await say(boris, "It can wait, though");
  await roomLink(anna, "Boris Godunov").getByLabel("2 unread").waitFor();
  check((await anna.title()).startsWith("(1)"), "the title counts rooms with news");
  await picture(anna, "05-unread");
  await roomLink(anna, "Boris Godunov").click();
  await bubble(anna, "It can wait").waitFor();
  await roomLink(anna, "Boris Godunov").locator(".badge").waitFor({ state: "detached" });
  await bubble(boris, "It can wait").getByRole("img", { name: "Read", exact: true }).waitFor();
  await picture(boris, "06-read");
  seen("a conversation opened by nickname, unread counts that rise and clear, read receipts");
}

async function loseServer(anna, boris) {
  isServerDown = true;
  await please("kill");
  for (const page of [anna, boris]) await page.getByText("No connection.").waitFor();
  await field(anna).fill("Written while the server was down");
  await anna.keyboard.press("Enter");
  await bubble(anna, "while the server was down").getByRole("img", { name: "Sending" }).waitFor();
  await picture(anna, "07-offline");
  await please("restart");
  await bubble(boris, "while the server was down").waitFor({ timeout: 2 * LIMIT });
  await bubble(anna, "while the server was down").getByRole("img", { name: /^(Sent|Read)$/ }).waitFor();
  for (const page of [anna, boris]) await page.getByText("No connection.").waitFor({ state: "hidden", timeout: 2 * LIMIT });
  isServerDown = false;
  await say(boris, "Welcome back");
  await bubble(anna, "Welcome back").waitFor();
  for (const page of [anna, boris]) check((await bubble(page, "while the server was down").count()) === 1, "it arrived once");
  await anna.reload();
  await bubble(anna, "Welcome back").waitFor();
  check((await bubble(anna, "while the server was down").count()) === 1, "it is stored once");
  seen("kill -9 and restart: both come back, what was written meanwhile arrives once");
}

async function walkByKeys(anna) {
  await anna.keyboard.press("Alt+ArrowDown");
  await anna.getByRole("heading", { name: "Yasnaya Polyana" }).waitFor();
  await bubble(anna, "Good evening, Boris").waitFor();
  await anna.locator(".composer-field:focus").waitFor();
  await anna.keyboard.type("By keys alone");
  await anna.keyboard.press("Enter");
  await bubble(anna, "By keys alone").waitFor();
  await bubble(anna, "By keys alone").and(anna.locator("[data-id]")).waitFor();
  await anna.keyboard.press("Shift+Tab");
  await anna.locator(".message:focus", { hasText: "By keys alone" }).waitFor();
  await anna.keyboard.press("ArrowUp");
  await anna.keyboard.press("ArrowDown");
  await anna.keyboard.press("l");
  await bubble(anna, "By keys alone").getByRole("button", { name: /^1 like/ }).waitFor();
  await anna.keyboard.press("Escape");
  await anna.locator(".composer-field:focus").waitFor();
  seen("rooms, messages, likes and the field by keys alone");
}

async function changeLooks(anna, boris) {
  await anna.emulateMedia({ colorScheme: "dark" });
  await picture(anna, "08-dark");
  await anna.setViewportSize({ width: 390, height: 844 });
  await picture(anna, "09-phone-dark-room");
  await anna.getByRole("link", { name: "Back" }).click();
  await roomLink(anna, "Boris Godunov").waitFor();
  await picture(anna, "10-phone-dark-list");
  await boris.setViewportSize({ width: 390, height: 844 });
  await picture(boris, "11-phone-room");
  for (const page of [anna, boris]) check(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing is wider than the phone");
  await boris.setViewportSize({ width: 1280, height: 800 });
  seen("a phone's width and dark mode");
}

async function leave(boris) {
  await boris.getByRole("link", { name: /^Profile/ }).click();
  await boris.getByRole("textbox", { name: "About me" }).fill("Tsar, in my free time.");
  await boris.getByRole("button", { name: "Save" }).click();
  await boris.getByText("Saved").waitFor();
  await picture(boris, "12-profile");
  await boris.getByRole("button", { name: "Log out" }).click();
  await boris.getByRole("button", { name: "Log in" }).waitFor();
  await boris.locator('input[name="email"]').fill("boris");
  await boris.locator('input[name="password"]').fill(BORIS.password);
  await picture(boris, "13-log-in");
  await boris.getByRole("button", { name: "Log in" }).click();
  await roomLink(boris, "Yasnaya Polyana").waitFor();
  seen("the profile, logging out and in again");
}

const browser = await chromium.launch({ executablePath: process.env.CHATSRV_CHROMIUM || "/usr/bin/chromium", args: FLAGS });
const anna = await openWindow(browser, "anna");
const boris = await openWindow(browser, "boris");
try {
  await refuseBadRegistration(anna);
  await register(anna, ANNA);
  await register(boris, BORIS);
  await foundChat(anna, boris);
  await talk(anna, boris);
  await replyInThread(anna, boris);
  await change(anna, boris);
  await converse(anna, boris);
  await loseServer(anna, boris);
  await walkByKeys(anna);
  await changeLooks(anna, boris);
  await leave(boris);
  check(faults.length === 0, `no fault on the console:\n${faults.join("\n")}`);
  seen("no error on the console, no request to another host");
} catch (error) {
  for (const [page, who] of [[anna, "anna"], [boris, "boris"]]) await picture(page, `failed-${who}`);
  console.error(error, faults);
  process.exitCode = 1;
}
await browser.close();
process.stdin.destroy();
