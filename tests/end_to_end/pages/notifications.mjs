// Being told: at once, in two tabs, as one wishes.

import { checkAccessible, checkPhone } from "../story/access.mjs";
import { ANNA, BORIS, stage } from "../story/stage.mjs";
import { foundChat } from "../story/talk.mjs";
import { bubble, check, panel, post, roomLink, say, seen } from "../story/windows.mjs";

const bell = (page, name) => page.getByRole("link", { name, exact: true });
const notice = (page, text) => panel(page, "Notifications").locator(".notice", { hasText: text });
const unreadNotice = (page, text) => panel(page, "Notifications").locator(".notice.unread", { hasText: text });

/** Turn a switch that the server is asked about, and wait for its answer. */
const flip = (page, name) =>
  Promise.all([
    page.waitForResponse((answer) => answer.request().method() === "POST" && /(settings|mute)$/.test(answer.url())),
    panel(page, "Notification settings").getByRole("switch", { name }).click(),
  ]);

/** What concerns the open room does not pop up. */
const leaveRoom = (page) => page.evaluate(() => (location.hash = "#/"));

async function hear(browser, anna, boris) {
  await leaveRoom(boris);
  await bell(boris, "Notifications: 1 unread").click();
  await unreadNotice(boris, "anna invites you to the chat Yasnaya Polyana").waitFor();
  await say(anna, "Are you there, @boris?");
  await unreadNotice(boris, "anna mentions you in a message").waitFor();
  await bell(boris, "Notifications: 2 unread").waitFor();
  await boris.locator(".toast", { hasText: "anna mentions you" }).waitFor();
  await browser.picture(boris, "20-notifications");
  await checkAccessible(boris, "notifications");
  seen("an invitation and a mention arrive at once and are counted");
}

async function readInTwoTabs(browser, anna, boris) {
  const other = await browser.openBeside(boris, "boris's other tab");
  await unreadNotice(other, "mentions you").waitFor();
  await notice(boris, "mentions you").getByRole("link").click();
  await bubble(boris, "Are you there, @boris?").and(boris.locator(".flash")).waitFor();
  await bell(other, "Notifications: 1 unread").waitFor();
  await unreadNotice(other, "mentions you").waitFor({ state: "detached" });
  await notice(other, "mentions you").waitFor();
  seen("following one leads to its message and is read in the other tab");

  await say(boris, "I am, Anna");
  await post(anna, `${new URL(anna.url()).hash.replace("#/chat/", "/chats/").split("/members")[0]}/messages`, {
    text: "Good, @boris",
  });
  await bell(boris, "Notifications: 2 unread").waitFor();
  await other.getByRole("button", { name: "Mark all as read" }).click();
  for (const page of [boris, other]) await bell(page, "Notifications").waitFor();
  for (const page of [boris, other]) await unreadNotice(page, "").first().waitFor({ state: "detached" });
  await other.close();
  seen("all are read at once in both tabs");
}

async function page(anna, boris) {
  const chat = new URL(anna.url()).hash.split("/")[2];
  for (let number = 1; number <= 30; number += 1)
    await post(anna, `/chats/${chat}/messages`, { text: `@boris, word ${number}` });
  await leaveRoom(boris);
  await bell(boris, "Notifications: 30 unread").click();
  const all = panel(boris, "Notifications").locator(".notice");
  const more = panel(boris, "Notifications").getByRole("button", { name: "Show older ones" });
  await boris.reload();
  await all.first().waitFor();
  check((await all.count()) < 30, "only the newest are read at first");
  while (await more.isVisible()) {
    const count = await all.count();
    await more.click();
    await all.nth(count).waitFor();
  }
  check((await all.count()) === 33, "every page shows older ones");
  await panel(boris, "Notifications").getByRole("button", { name: "Mark all as read" }).click();
  await bell(boris, "Notifications").waitFor();
  seen("pages");
}

async function wish(browser, anna, boris) {
  const chat = new URL(anna.url()).hash.split("/")[2];
  const settings = () => panel(boris, "Notification settings");
  await panel(boris, "Notifications").getByRole("button", { name: "Settings" }).click();
  await flip(boris, "my nickname in a message");
  await settings().getByLabel("From", { exact: true }).fill("00:00");
  await settings().getByLabel("To", { exact: true }).fill("23:59");
  await settings().getByRole("region", { name: "Quiet hours" }).getByRole("button", { name: "Save" }).click();
  await boris.getByText("Saved").waitFor();
  await checkAccessible(boris, "settings of notifications");
  await checkPhone(browser, boris, "21-notification-settings-phone");
  await boris.reload();
  check(!(await settings().getByRole("switch", { name: "my nickname" }).isChecked()), "the switch stays off");
  check((await settings().getByLabel("To", { exact: true }).inputValue()) === "23:59", "the hours stay");

  await post(anna, `/chats/${chat}/messages`, { text: "Do not tell @boris" });
  await flip(boris, "my nickname");
  await flip(boris, "Yasnaya Polyana");
  await roomLink(boris, "Yasnaya Polyana").locator(".icon-muted").waitFor();
  await post(anna, `/chats/${chat}/messages`, { text: "Nor now, @boris" });
  await flip(boris, "Yasnaya Polyana");
  await roomLink(boris, "Yasnaya Polyana").locator(".icon-muted").waitFor({ state: "detached" });
  await post(anna, `/chats/${chat}/messages`, { text: "Quietly, @boris" });
  await bell(boris, "Notifications: 1 unread").waitFor();
  check((await boris.locator(".toast", { hasText: "mentions" }).count()) === 0, "nothing pops up in quiet hours");
  seen("a kind switched off, a chat muted, quiet hours");

  await settings().getByRole("combobox", { name: "Language of notifications" }).selectOption("ru");
  await settings()
    .getByRole("region", { name: "Language of notifications" })
    .getByRole("button", { name: "Save" })
    .click();
  await bell(boris, "Notifications: 1 unread").click();
  await unreadNotice(boris, "anna упоминает вас в сообщении").waitFor();
  await checkPhone(browser, boris, "22-notifications-phone");
  seen("another language");
}

await stage([ANNA, BORIS], async (browser, anna, boris) => {
  await foundChat(browser, anna, boris);
  await hear(browser, anna, boris);
  await readInTwoTabs(browser, anna, boris);
  await page(anna, boris);
  await wish(browser, anna, boris);
});
