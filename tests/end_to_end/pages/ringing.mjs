// Notices of the browser: after a click, while the page is hidden, not of what is muted, nor in quiet hours.

import { settled } from "../story/axe.mjs";
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

/** Runs in the page: whether it will remember that notices are wanted. */
const isKept = () => Object.entries(localStorage).some(([name, value]) => name.startsWith("chatsrv.ringing.") && value === "true");

const hide = (page, wanted) => page.evaluate((isHidden) => window.hide(isHidden), wanted);
const rung = (page) => page.evaluate(() => window.rung.map(({ title, body, tag }) => ({ title, body, tag })));

/** Boris says it, and anna's page has heard it and knows whether she wants quiet: so many notices her browser has shown so far, and no more. */
async function checkRings({ anna, boris, chat, settle }, text, count, what) {
  await post(boris, `/chats/${chat}/messages`, { text });
  await roomLink(anna, "Yasnaya Polyana").getByText(text).waitFor();
  await settle();
  await anna.waitForFunction((count) => window.rung.length >= count, count);
  const bodies = (await rung(anna)).map(({ body }) => body);
  check(bodies.length === count, `${what}: ${bodies}`);
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
  await anna.waitForFunction(isKept);
  check((await toggle.isChecked()) && (await anna.evaluate(() => window.asked)) === 2, "on, after a click");
  seen("the browser's leave is asked for by a click");
}

async function ring(scene) {
  const { anna } = scene;
  await checkRings(scene, "You see this", 0, "nothing rings while the page is seen");
  await hide(anna, true);
  await checkRings(scene, "You do not see this", 1, "it rings while the page is hidden");
  const [{ title, body }] = await rung(anna);
  check(body === "You do not see this", `it says what: ${body}`);
  check(/^(Boris Godunov|boris), Yasnaya Polyana$/.test(title), "it says who, and where");
  await anna.evaluate(() => window.rung[0].notice.onclick());
  await bubble(anna, "You do not see this").and(anna.locator(".flash")).waitFor();
  seen("a notice while the page is hidden; a click opens the room at the message");
}

async function leaveAlone(scene) {
  const { anna, chat } = scene;
  await post(anna, `/chats/${chat}/mute`);
  await roomLink(anna, "Yasnaya Polyana").locator(".icon-muted").waitFor();
  await checkRings(scene, "Not of a muted chat", 1, "a muted chat does not ring");
  await post(anna, `/chats/${chat}/unmute`);
  await roomLink(anna, "Yasnaya Polyana").locator(".icon-muted").waitFor({ state: "detached" });
  await post(anna, "/notifications/settings", { quiet: { from: "00:00", to: "23:59", utc_offset: 0 } });
  for (const isHidden of [false, true]) await hide(anna, isHidden);
  await checkRings(scene, "Not in quiet hours", 1, "quiet hours are quiet");
  await post(anna, "/notifications/settings", { quiet: { from: "00:00", to: "00:00", utc_offset: 0 } });
  for (const isHidden of [false, true]) await hide(anna, isHidden);
  await checkRings(scene, "But after them", 2, "it rings again after them");
  await hide(anna, false);
  await anna.evaluate(() => (location.hash = "#/notifications/settings"));
  await panel(anna, "Notification settings").getByRole("switch", { name: SWITCH }).click();
  await hide(anna, true);
  await checkRings(scene, "Nor when it is off", 2, "off is off");
  seen("not of a muted chat, nor in quiet hours, nor when it is off");
}

await stage([ANNA, BORIS], async (browser, anna, boris) => {
  await foundChat(browser, anna, boris);
  const scene = { anna, boris, chat: new URL(anna.url()).hash.split("/")[2], settle: settled(anna) };
  await anna.addInitScript(watch);
  await anna.reload();
  await turnOn(anna);
  await ring(scene);
  await leaveAlone(scene);
});
