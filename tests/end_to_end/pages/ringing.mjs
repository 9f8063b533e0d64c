// Notices of the browser: after a click, while the page is hidden, not of what is muted, nor in quiet hours.

import { ANNA, BORIS, stage } from "../story/stage.mjs";
import { foundChat } from "../story/talk.mjs";
import { bubble, check, panel, post, roomLink, seen } from "../story/windows.mjs";

const SWITCH = "Show notices while this page is hidden";

/** Runs in the page: write down what its browser is asked to show, and let the page be hidden at will, as no window of this browser is ever hidden. */
function watch() {
  window.rung = [];
  window.asked = 0;
  const real = window.Notification;
  window.Notification = class extends real {
    constructor(title, options) {
      super(title, options);
      window.rung.push({ title, ...options, notice: this });
    }
    static requestPermission() {
      window.asked += 1;
      return real.requestPermission();
    }
  };
  let isHidden = false;
  Object.defineProperty(document, "hidden", { get: () => isHidden });
  Object.defineProperty(document, "visibilityState", { get: () => (isHidden ? "hidden" : "visible") });
  window.hide = (wanted) => {
    isHidden = wanted;
    document.dispatchEvent(new Event("visibilitychange"));
  };
}

const hide = (page, wanted) => page.evaluate((isHidden) => window.hide(isHidden), wanted);
const rung = (page) => page.evaluate(() => window.rung.map(({ title, body, tag }) => ({ title, body, tag })));

/** Boris says it, and anna's page has heard it; answers the titles of what her browser has shown so far. */
async function ringsAfter(anna, boris, chat, text) {
  await post(boris, `/chats/${chat}/messages`, { text });
  await roomLink(anna, "Yasnaya Polyana").getByText(text).waitFor();
  await anna.evaluate(() => fetch("/health"));
  return (await rung(anna)).map(({ body }) => body);
}

async function turnOn(anna) {
  await anna.evaluate(() => (location.hash = "#/notifications/settings"));
  const toggle = panel(anna, "Notification settings").getByRole("switch", { name: SWITCH });
  check(!(await toggle.isChecked()), "nothing rings unasked");
  check((await anna.evaluate(() => window.asked)) === 0, "nothing is asked for without a click");
  await toggle.click();
  await anna.getByText("The browser does not let this page show notices").waitFor();
  check(!(await toggle.isChecked()), "what the person did not allow stays off");
  await anna.context().grantPermissions(["notifications"]);
  await toggle.click();
  await anna.waitForFunction(() => Notification.permission === "granted");
  check((await toggle.isChecked()) && (await anna.evaluate(() => window.asked)) === 2, "on, after a click");
  seen("the browser's leave is asked for by a click");
}

async function ring(anna, boris, chat) {
  check((await ringsAfter(anna, boris, chat, "You see this")).length === 0, "nothing rings while the page is seen");
  await hide(anna, true);
  const [first] = await ringsAfter(anna, boris, chat, "You do not see this");
  check(first === "You do not see this", `it rings while the page is hidden: ${first}`);
  check(/^(Boris Godunov|boris), Yasnaya Polyana$/.test((await rung(anna))[0].title), "it says who, and where");
  await anna.evaluate(() => window.rung[0].notice.onclick());
  await bubble(anna, "You do not see this").and(anna.locator(".flash")).waitFor();
  seen("a notice while the page is hidden; a click opens the room at the message");
}

async function leaveAlone(anna, boris, chat) {
  await post(anna, `/chats/${chat}/mute`);
  await roomLink(anna, "Yasnaya Polyana").locator(".icon-muted").waitFor();
  check((await ringsAfter(anna, boris, chat, "Not of a muted chat")).length === 1, "a muted chat does not ring");
  await post(anna, `/chats/${chat}/unmute`);
  await roomLink(anna, "Yasnaya Polyana").locator(".icon-muted").waitFor({ state: "detached" });
  await post(anna, "/notifications/settings", { quiet: { from: "00:00", to: "23:59", utc_offset: 0 } });
  for (const isHidden of [false, true]) await hide(anna, isHidden);
  check((await ringsAfter(anna, boris, chat, "Not in quiet hours")).length === 1, "quiet hours are quiet");
  await post(anna, "/notifications/settings", { quiet: { from: "00:00", to: "00:00", utc_offset: 0 } });
  for (const isHidden of [false, true]) await hide(anna, isHidden);
  check((await ringsAfter(anna, boris, chat, "But after them")).length === 2, "it rings again after them");
  await hide(anna, false);
  await anna.evaluate(() => (location.hash = "#/notifications/settings"));
  await panel(anna, "Notification settings").getByRole("switch", { name: SWITCH }).click();
  await hide(anna, true);
  check((await ringsAfter(anna, boris, chat, "Nor when it is off")).length === 2, "off is off");
  seen("not of a muted chat, nor in quiet hours, nor when it is off");
}

await stage([ANNA, BORIS], async (browser, anna, boris) => {
  await foundChat(browser, anna, boris);
  const chat = new URL(anna.url()).hash.split("/")[2];
  await anna.addInitScript(watch);
  await anna.reload();
  await turnOn(anna);
  await ring(anna, boris, chat);
  await leaveAlone(anna, boris, chat);
});
