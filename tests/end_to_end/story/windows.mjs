// A real browser, its windows, and what a person does in one again and again.

import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

export const modules = process.env.CHATSRV_NODE_MODULES ?? path.join(import.meta.dirname, "..", "..", "node_modules");
const { chromium } = createRequire(pathToFileURL(path.join(modules, "_.js")))("playwright-core");

const QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"];
const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", ...QUIET];
export const LIMIT = 15_000;
/** What Chromium says of requests and connections whose session ended under them. */
const CUT_OFF = /status of 40[01] |WebSocket is closed before/;

export const seen = (what) => console.log(`seen: ${what}`);

/** Ask whoever started the story for something, and wait until it is done. */
export async function please(what) {
  console.log(`please: ${what}`);
  process.stdin.resume();
  await new Promise((resolve) => process.stdin.once("data", resolve));
  process.stdin.pause();
}

export function check(isTrue, what) {
  if (!isTrue) throw new Error(`not so: ${what}`);
}

/** A browser whose windows are watched: what goes wrong in them is in `faults`. */
export class Browser {
  faults = [];
  isServerDown = false;
  /** Sessions are ended while their pages still ask for something. */
  doSessionsEnd = false;
  #browser;
  #forgiven = ["/user/register"];

  constructor(address, folder = process.env.CHATSRV_SCREENSHOTS) {
    this.address = address;
    this.folder = folder;
    this.hosts = new Set([new URL(address).host]);
  }

  async start() {
    this.#browser = await chromium.launch({
      executablePath: process.env.CHATSRV_CHROMIUM || "/usr/bin/chromium",
      args: FLAGS,
    });
  }

  close() {
    return this.#browser.close();
  }

  /** A window of its own: nothing is shared with the others. */
  async open(who, address = this.address, locale = "en-GB") {
    const context = await this.#browser.newContext({
      viewport: { width: 1280, height: 800 },
      locale,
      colorScheme: "light",
      reducedMotion: "reduce",
    });
    context.setDefaultTimeout(LIMIT);
    return this.#page(context, who, address);
  }

  /** A window of a browser that speaks another language, and is logged in as this page is. */
  async openAs(page, who, locale) {
    const storageState = await page.context().storageState();
    const context = await this.#browser.newContext({ viewport: page.viewportSize(), locale, storageState, reducedMotion: "reduce" });
    context.setDefaultTimeout(LIMIT);
    return this.#page(context, who, this.address);
  }

  /** A second tab beside this one: the same person, the same storage. */
  openBeside(page, who) {
    return this.#page(page.context(), who, page.url());
  }

  /** Another tab of a context whose tabs may all be closed. */
  openIn(context, who, address) {
    return this.#page(context, who, address);
  }

  async #page(context, who, address) {
    const page = await context.newPage();
    this.#watch(page, who);
    await page.goto(address);
    return page;
  }

  picture(page, name) {
    return page.screenshot({ path: path.join(this.folder, `${name}.png`) });
  }

  #watch(page, who) {
    page.on("pageerror", (error) => this.faults.push(`${who}: ${error.stack}`));
    page.on("console", (message) => {
      if (!this.#isHarmless(message)) this.faults.push(`${who}: ${message.text()} ${message.location().url}`);
    });
    page.on("request", (request) => {
      const url = new URL(request.url());
      const isOurs = !url.protocol.startsWith("http") || this.hosts.has(url.host);
      if (!isOurs) this.faults.push(`${who} asked another host: ${url}`);
    });
  }

  /** Chromium reports refused requests; those to this path, or to those that match it, are what a story is about. */
  forgive(path) {
    this.#forgiven.push(path);
  }

  /** Chromium itself reports refused registrations, and every attempt to reach a server that is down. */
  #isHarmless(message) {
    const isComplaint = ["error", "warning"].includes(message.type());
    const { url } = message.location();
    const isCutOff = this.doSessionsEnd && CUT_OFF.test(message.text());
    return !isComplaint || this.isServerDown || isCutOff || this.#isForgiven(url);
  }

  #isForgiven(url) {
    const { pathname } = new URL(url);
    return this.#forgiven.some((path) => (path instanceof RegExp ? path.test(pathname) : path === pathname));
  }
}

export const log = (page) => page.locator(".room .log");

export const bubble = (page, text) =>
  log(page)
    .locator(".message")
    .filter({ has: page.locator(".text", { hasText: text }) });

export const field = (page) => page.getByRole("textbox", { name: /^Message / });

export const roomLink = (page, title) => page.getByRole("navigation").getByRole("link", { name: title });

/** The room of this title is the one that is open, also where another was a moment ago. */
export const inRoom = (page, title) => page.locator(".room-head").getByRole("heading", { name: title }).waitFor();

/** Open a room from the list. */
export async function enter(page, title) {
  await roomLink(page, title).click();
  await inRoom(page, title);
}

export const panel = (page, name) => page.locator(".panel").and(page.getByRole("region", { name }));

/** Open a page of one of the sections below the list of rooms; without a name the only one that it has. */
export async function visit(page, section, name) {
  await page.getByRole("list", { name: "Other pages" }).getByRole("link", { name: section, exact: true }).click();
  if (name) await page.getByRole("navigation", { name: section, exact: true }).getByRole("link", { name, exact: true }).click();
  await panel(page, name ?? section).waitFor();
}

/** A thing on the page of this name. */
export const thing = (page, panelName, name) => panel(page, panelName).locator(".thing", { hasText: name });

export async function say(page, text) {
  await field(page).fill(text);
  await field(page).press("Enter");
  await bubble(page, text).waitFor();
}

/** Use one of the tools that a message shows under the pointer. */
export async function press(page, text, tool) {
  await bubble(page, text).hover();
  await bubble(page, text).getByRole("button", { name: tool, exact: true }).click();
}

/** Press the button of this name in the open dialog, which closes when it is done. */
export async function agree(page, name) {
  await page.getByRole("dialog").getByRole("button", { name }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
}

/** Ask the server for something behind the page's back, as another device of the same person would. */
export const post = (page, address, body) =>
  page.evaluate(
    async ([address, body]) => {
      const { token } = JSON.parse(localStorage["chatsrv.session"]);
      const headers = { "Content-Type": "application/json", Authorization: `Bearer ${token}` };
      const answer = await fetch(address, { method: "POST", headers, body: JSON.stringify(body) });
      return answer.json();
    },
    [address, body],
  );

/** Hold back what the server answers of a path; returns how to let it go. */
export async function holdBack(page, path) {
  let release;
  const released = new Promise((resolve) => (release = resolve));
  await page.route(`**${path}`, async (route) => {
    const response = await route.fetch();
    await released;
    await route.fulfill({ response });
  });
  return release;
}
