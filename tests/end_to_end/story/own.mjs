// What is one's own: a chat that one runs, bots, looks, sessions, data, and the end.

import { checkAccessible, checkPhone } from "./access.mjs";
import { foundChat, logIn } from "./talk.mjs";
import { agree, check, holdBack, panel, seen, thing } from "./windows.mjs";

const profile = (page) => page.getByRole("link", { name: /^Profile:/ }).click();
const tab = (page, name) => page.getByRole("navigation", { name: "You" }).getByRole("link", { name, exact: true }).click();

export async function manageChat(browser, anna, boris) {
  await foundChat(browser, anna, boris);
  await anna.getByRole("button", { name: "Members" }).click();
  await panel(anna, "Members").getByRole("button", { name: "Settings of the chat" }).click();
  const settings = panel(anna, "Settings of the chat");
  await settings.getByLabel("Days that messages are kept").fill("30");
  await settings.getByRole("button", { name: "Save" }).click();
  await boris.getByRole("button", { name: "Members" }).click();
  await panel(boris, "Members").getByText("Messages are deleted after 30 days").waitFor();
  check((await panel(boris, "Members").getByRole("button", { name: "Settings of the chat" }).count()) === 0, "only its admin sets it");
  seen("a chat forgets after thirty days, and its members see that");

  await settings.getByText("New webhook").click();
  await settings.getByLabel("Address").fill("https://example.org/heard");
  await settings.getByLabel("New messages").check();
  await settings.getByRole("button", { name: "Add", exact: true }).click();
  const hook = thing(anna, "Settings of the chat", "https://example.org/heard");
  await hook.getByText("New messages").waitFor();
  const secret = await settings.getByRole("status").locator("code").textContent();
  check(secret.length > 20, "the secret is shown");
  await checkAccessible(anna, "the settings of a chat");
  await checkPhone(browser, anna, "65-chat-settings-phone");
  await hook.getByRole("button", { name: "New secret" }).click();
  await settings.locator("code").filter({ hasNotText: secret }).waitFor();
  await hook.getByRole("button", { name: "Delete" }).click();
  await agree(anna, "Delete");
  await hook.waitFor({ state: "detached" });
  seen("a webhook is made, gets another secret, and is removed");
}

export async function ownBots(browser, anna) {
  await profile(anna);
  await tab(anna, "Bots");
  const bots = panel(anna, "Bots");
  await bots.getByText("New bot").click();
  await bots.getByLabel("Nickname").fill("echo");
  await bots.getByRole("button", { name: "Create" }).click();
  await thing(anna, "Bots", "@echo").waitFor();
  const token = await bots.getByRole("status").locator("code").textContent();
  const ask = (key) => anna.evaluate((key) => fetch("/user/me", { headers: { Authorization: `Bearer ${key}` } }).then(({ status }) => status), key);
  check((await ask(token)) === 200, "the token opens the API");
  await checkAccessible(anna, "bots");
  await checkPhone(browser, anna, "66-bots-phone");
  await thing(anna, "Bots", "@echo").getByRole("button", { name: "New token" }).click();
  await agree(anna, "New token");
  await bots.locator("code").filter({ hasNotText: token }).waitFor();
  check((await ask(token)) === 401, "the old token opens nothing");
  await anna.reload();
  await thing(anna, "Bots", "@echo").waitFor();
  check(!(await bots.getByRole("status").isVisible()), "a token is shown once");
  await thing(anna, "Bots", "@echo").getByRole("button", { name: "Delete" }).click();
  await agree(anna, "Delete");
  await bots.getByText("No bots yet").waitFor();
  seen("a bot is made, its token shown once and renewed, the bot removed");
}

export async function settle(browser, anna, person) {
  const other = await browser.open("anna elsewhere");
  await logIn(other, person);
  await other.getByRole("navigation", { name: "Chats and conversations" }).waitFor();
  await tab(anna, "Settings");
  const settings = panel(anna, "Settings");
  await settings.getByLabel("Theme").selectOption("dark");
  check(await anna.evaluate(() => getComputedStyle(document.documentElement).colorScheme === "dark"), "the page is dark");
  await browser.picture(anna, "67-settings-dark");
  await checkAccessible(anna, "settings");
  await checkPhone(browser, anna, "67-settings-phone");
  browser.doSessionsEnd = true;
  await settings.getByRole("button", { name: "Log out everywhere else" }).click();
  await agree(anna, "Log out everywhere else");
  await other.getByRole("button", { name: "Log in" }).waitFor();
  seen("the theme is chosen; the other sessions end at once");

  const [download] = await Promise.all([
    anna.waitForEvent("download"),
    settings.getByRole("button", { name: "Download everything" }).click(),
  ]);
  const bytes = Buffer.concat(await (await download.createReadStream()).toArray());
  check(bytes.subarray(0, 2).toString() === "PK" && bytes.includes("index.html"), "everything comes as a zip");
  seen("everything of oneself is downloaded");

  await settings.getByRole("combobox", { name: "Language" }).selectOption("ru");
  await panel(anna, "Настройки").getByRole("combobox", { name: "Язык" }).selectOption("en");
  await settings.getByLabel("Theme").waitFor();
  seen("another language is chosen, and back");
}

export async function leaveForGood(browser, anna, person) {
  const settings = panel(anna, "Settings");
  await settings.getByRole("button", { name: "Delete the account" }).click();
  const dialog = anna.getByRole("dialog");
  const press = () => dialog.getByRole("button", { name: "Delete for good" }).click();
  await dialog.getByLabel("type your nickname").fill("boris");
  await dialog.getByLabel("Password").fill(person.password);
  await press();
  await dialog.getByText("This is not your nickname").waitFor();
  await dialog.getByLabel("type your nickname").fill("anna");
  await dialog.getByLabel("Password").fill("wrong");
  await press();
  await dialog.locator('[data-error-of="password"]:not(:empty)').waitFor();
  await browser.picture(anna, "68-farewell");
  await dialog.getByLabel("Password").fill(person.password);
  // The connection is closed before the answer has come.
  const release = await holdBack(anna, "/user/delete");
  await press();
  await anna.getByRole("button", { name: "Log in" }).waitFor();
  check((await anna.locator(".toast").count()) === 0, "whoever leaves is not asked to log in again");
  release();
  await dialog.waitFor({ state: "detached" });
  check(await anna.evaluate(() => !localStorage["chatsrv.session"]), "nothing is left in the browser");
  await logIn(anna, person);
  await anna.getByRole("form").getByRole("alert").waitFor();
  seen("the account is deleted after its nickname and password were typed");
}
