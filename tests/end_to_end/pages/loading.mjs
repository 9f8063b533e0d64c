// What a browser goes through until it shows the page: how soon, how steadily, and what it is given on the way.

import { ANNA, BORIS, stage } from "../story/stage.mjs";
import { foundChat } from "../story/talk.mjs";
import { bubble, check, say, seen } from "../story/windows.mjs";

const PAINTED_WITHIN = 10_000;
const MOST_SHIFT = 0.1;
const MOST_BYTES = 300_000;
const MOST_BYTES_AGAIN = 40_000;

/** Runs in the page: when it was first painted, how much of it moved by itself, and the bytes that came. */
async function measure() {
  const entries = (type) =>
    new Promise((resolve) => {
      const observer = new PerformanceObserver((list) => resolve(list.getEntries()));
      observer.observe({ type, buffered: true });
      setTimeout(() => resolve(observer.takeRecords()), 500);
    });
  // What is in the page may not have been painted yet.
  const painted = await new Promise((resolve) => {
    const observer = new PerformanceObserver((list) => {
      const [paint] = list.getEntriesByName("first-contentful-paint");
      if (paint) resolve(paint.startTime);
    });
    observer.observe({ type: "paint", buffered: true });
  });
  const shift = (await entries("layout-shift")).reduce((sum, { value, hadRecentInput }) => sum + (hadRecentInput ? 0 : value), 0);
  const bytes = performance.getEntriesByType("resource").reduce((sum, { transferSize }) => sum + transferSize, 0);
  return { painted, shift, bytes };
}

/** Load the page once more; answers what was measured and every answer that came for it. */
async function load(page, isThere) {
  const answers = [];
  const hear = (answer) => answers.push(answer);
  page.on("response", hear);
  await page.bringToFront();
  await page.reload();
  await isThere();
  const found = await page.evaluate(measure);
  page.off("response", hear);
  return { ...found, files: answers.filter((answer) => ["document", "script", "stylesheet"].includes(answer.request().resourceType())) };
}

function checkSteady(what, { painted, shift, bytes, files }) {
  console.log(
    `measured: ${what}: first contentful paint after ${painted.toFixed(0)} ms, layout shift ${shift.toFixed(4)}, ` +
      `${files.length} files, ${(bytes / 1000).toFixed(0)} kB`,
  );
  check(painted < PAINTED_WITHIN, `${what} is painted soon: ${painted}`);
  check(shift < MOST_SHIFT, `${what} stays where it is: ${shift}`);
  check(bytes < MOST_BYTES, `${what} is small: ${bytes}`);
}

async function checkFiles(files) {
  for (const answer of files) {
    const { "content-encoding": encoding, "cache-control": cache, etag, "content-length": length } = await answer.allHeaders();
    const what = `${new URL(answer.url()).pathname}: ${encoding}, ${cache}, ${etag}`;
    check(cache === "no-cache" && etag, `it is asked for again only whether it changed: ${what}`);
    check(encoding === "gzip" || etag.endsWith('-gzip"') || Number(length) < 1_000, `it is packed: ${what}`);
  }
}

async function checkDocument(page) {
  const found = await page.evaluate(() => ({
    lang: document.documentElement.lang,
    title: document.title,
    description: document.querySelector("meta[name=description]")?.content ?? "",
    viewport: document.querySelector("meta[name=viewport]")?.content ?? "",
    blocking: [...document.querySelectorAll("script:not([defer], [async], [type=module])")].map(({ src }) => src),
    doctype: document.compatMode,
  }));
  check(found.lang === "en" && found.title && found.description.length > 50, `it says what it is: ${JSON.stringify(found)}`);
  check(found.viewport.includes("width=device-width") && found.doctype === "CSS1Compat", "it fits every screen");
  check(found.blocking.length === 0, `no script holds up the page: ${found.blocking}`);
}

await stage([ANNA, BORIS], async (browser, anna, boris) => {
  const door = await browser.open("somebody");
  const atDoor = await load(door, () => door.getByRole("heading", { name: "chatsrv" }).waitFor());
  checkSteady("the door", atDoor);
  await checkDocument(door);
  check(atDoor.bytes < MOST_BYTES_AGAIN, `nothing that is the same is sent twice: ${atDoor.bytes} bytes`);
  const fresh = await browser.open("somebody else", "about:blank");
  const files = [];
  fresh.on("response", (answer) => files.push(answer));
  await fresh.goto(browser.address);
  await fresh.getByRole("heading", { name: "chatsrv" }).waitFor();
  await checkFiles(files);
  seen("the door: soon there, steady, packed, asked for again only whether it changed");

  await foundChat(browser, anna, boris);
  await say(anna, "Good evening");
  checkSteady("a chat", await load(anna, () => bubble(anna, "Good evening").waitFor()));
  seen("a chat: soon there, and steady");
});
