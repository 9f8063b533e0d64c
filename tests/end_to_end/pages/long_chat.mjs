// A chat of a hundred thousand messages is read as smoothly as a short one: however far one goes, little of it is in the page.

import { ANNA, BORIS, stage } from "../story/stage.mjs";
import { foundChat } from "../story/talk.mjs";
import { bubble, check, enter, field, log, please, post, say, seen, LIMIT } from "../story/windows.mjs";

const COUNT = 100_000;
const WHEEL = 700;
const TURNS = 150;
const MOST_NODES = 12_000;
// By the clock of a machine that does other things too; the processor's time is what is promised.
const LONGEST_TASK = 5_000;
const PROCESSOR_SECONDS = 25;
const letter = (number) => `Letter ${number}.`;

/** The message that says this and nothing that only begins so. */
const letterIn = (page, number) => bubble(page, letter(number));

/** Runs in the page: look at each frame until `stopWatching`, how long it took, how much there is, and whether the words moved as the wheel did. */
function watchFrames() {
  const found = { frames: [], tasks: [], nodes: 0, lines: 0, moved: 0, back: 0, wheel: 0, isWatching: true };
  const scroll = document.querySelector(".room .log");
  scroll.addEventListener("wheel", ({ deltaY }) => (found.wheel -= deltaY), { passive: true });
  new PerformanceObserver((list) => found.tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
    entryTypes: ["longtask"],
  });
  let last = performance.now();
  let anchor = null;
  let place = 0;
  const look = (now) => {
    if (!found.isWatching) return;
    found.frames.push(now - last);
    last = now;
    if (anchor?.isConnected) {
      const step = anchor.getBoundingClientRect().top - place;
      found.moved += step;
      found.back = Math.min(found.back, step);
    }
    const top = scroll.getBoundingClientRect().top;
    const lines = [...scroll.querySelectorAll(".message")];
    anchor = lines.find((node) => node.getBoundingClientRect().bottom > top) ?? null;
    place = anchor?.getBoundingClientRect().top;
    found.lines = Math.max(found.lines, lines.length);
    found.nodes = Math.max(found.nodes, document.getElementsByTagName("*").length);
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  window.stopWatching = () => ((found.isWatching = false), found);
}

const frame = (page) => page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => resolve())));

const shownLetters = (page) =>
  log(page).evaluate((node) =>
    [...node.querySelectorAll(".text")].map(({ textContent }) => Number(/^Letter (\d+)/.exec(textContent)?.[1] ?? 0)),
  );

/** The messages in the page follow each other without a hole. */
async function checkWhole(page) {
  const letters = (await shownLetters(page)).filter(Boolean);
  const holes = letters.slice(1).filter((number, index) => number !== letters[index] + 1);
  check(letters.length > 20 && holes.length === 0, `no hole in ${letters[0]} to ${letters.at(-1)}: ${holes}`);
}

/** Seconds of the processor that the page's main thread has taken. */
async function processorTime(session) {
  const { metrics } = await session.send("Performance.getMetrics");
  return metrics.find(({ name }) => name === "TaskDuration").value;
}

async function scrollFar(anna) {
  await log(anna).hover();
  const session = await anna.context().newCDPSession(anna);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  await anna.evaluate(watchFrames);
  const before = await processorTime(session);
  for (let turn = 0; turn < TURNS; turn += 1) {
    await anna.mouse.wheel(0, -WHEEL);
    await frame(anna);
  }
  const found = await anna.evaluate(() => window.stopWatching());
  found.processor = (await processorTime(session)) - before;
  await session.detach();
  await checkWhole(anna);
  return found;
}

function report(found, first) {
  const frames = found.frames.toSorted((one, other) => one - other);
  const at = (part) => frames[Math.floor(part * (frames.length - 1))].toFixed(1);
  console.log(
    `measured: read up to letter ${first}; ${frames.length} frames, median ${at(0.5)} ms, 99 of 100 within ${at(0.99)} ms, ` +
      `longest ${at(1)} ms; ${found.tasks.length} tasks over 50 ms, longest ${Math.max(0, ...found.tasks)} ms; ` +
      `at most ${found.lines} messages and ${found.nodes} elements in the page; ${found.processor.toFixed(2)} s of the processor`,
  );
}

async function readUp(anna) {
  await enter(anna, "Yasnaya Polyana");
  await letterIn(anna, COUNT).waitFor({ timeout: 2 * LIMIT });
  const found = await scrollFar(anna);
  const [first] = (await shownLetters(anna)).filter(Boolean);
  report(found, first);
  check(first < COUNT - 1_000, `it came far: ${first}`);
  check(found.nodes < MOST_NODES, `few elements: ${found.nodes}`);
  check(found.processor < PROCESSOR_SECONDS, `not much work: ${found.processor} s`);
  check(Math.max(0, ...found.tasks) < LONGEST_TASK, `no long task: ${found.tasks}`);
  check(found.back > -2 && found.moved < found.wheel + WHEEL, `no jump: ${found.moved} of ${found.wheel}, ${found.back}`);
  seen("scrolled far up, smoothly, with few nodes");
}

async function jumpAndReadOn(anna, boris) {
  let pages = 0;
  anna.on("request", (request) => (pages += /\/messages\?/.test(request.url()) ? 1 : 0));
  // The first one is another one as soon as older ones are read above it.
  const first = log(anna).locator(".message", { has: anna.locator(".quote-text", { hasText: /Letter/ }) }).first();
  const quoting = log(anna).locator(`[data-key="${await first.getAttribute("data-key")}"]`);
  await quoting.scrollIntoViewIfNeeded();
  pages = 0;
  const quoted = (await quoting.locator(".quote-text").innerText()).match(/\d+/)[0];
  await quoting.locator(".quote").click();
  await letterIn(anna, quoted).and(anna.locator(".flash")).waitFor();
  check(pages <= 6, `nothing between was read: ${pages} pages`);
  await checkWhole(anna);
  seen("a jump to a message a thousand before");

  const place = await letterIn(anna, quoted).boundingBox();
  await post(boris, `/chats/${new URL(anna.url()).hash.split("/")[2]}/messages`, { text: "Written meanwhile" });
  await anna.getByRole("button", { name: "1 new message" }).waitFor();
  check((await letterIn(anna, quoted).boundingBox()).y === place.y, "what is read stays where it is");
  check((await bubble(anna, "Written meanwhile").count()) === 0, "what is new stands at the end, not here");
  await log(anna).hover();
  const far = Number(quoted) + 100;
  for (let last = 0; last < far; last = (await shownLetters(anna)).at(-1)) {
    await anna.mouse.wheel(0, WHEEL);
    await frame(anna);
  }
  await checkWhole(anna);
  seen("reading on downwards from there");
}

async function comeBack(anna, boris) {
  await anna.getByRole("button", { name: "1 new message" }).click();
  await bubble(anna, "Written meanwhile").waitFor();
  await checkWhole(anna);
  await say(boris, "Where have you been?");
  await bubble(anna, "Where have you been?").waitFor();
  await log(anna).evaluate((node) => {
    node.scrollTo(0, 0);
    // The page is drawn anew, as for another tab's news, before it has heard that somebody scrolled.
    const { id } = JSON.parse(localStorage["chatsrv.me"]);
    window.dispatchEvent(new StorageEvent("storage", { key: `chatsrv.outbox.${id}.news` }));
  });
  await anna.getByRole("button", { name: /new message|newest/i }).waitFor();
  await field(anna).fill("Among old letters");
  await field(anna).press("Enter");
  await bubble(anna, "Among old letters").waitFor();
  await bubble(boris, "Among old letters").waitFor();
  seen("back at the newest, by the button and by writing");
}

await stage([ANNA, BORIS], async (browser, anna, boris) => {
  await foundChat(browser, anna, boris);
  browser.isServerDown = true;
  await please("fill");
  for (const page of [anna, boris]) await page.reload();
  browser.isServerDown = false;
  await enter(boris, "Yasnaya Polyana");
  await letterIn(boris, COUNT).waitFor({ timeout: 2 * LIMIT });
  await readUp(anna);
  await jumpAndReadOn(anna, boris);
  await comeBack(anna, boris);
});
process.stdin.destroy();
