// What people say to each other, and how they change it.

import { agree, bubble, check, enter, field, inRoom, panel, press, roomLink, say, seen } from "./windows.mjs";

export async function register(page, person) {
  await page.getByRole("link", { name: "New here?" }).click();
  for (const [name, value] of Object.entries(person)) await page.locator(`input[name="${name}"]`).fill(value);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByRole("navigation", { name: "Chats and conversations" }).waitFor();
}

export async function logIn(page, { nickname, password }) {
  await page.locator('input[name="email"]').fill(nickname);
  await page.locator('input[name="password"]').fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
}

export async function refuseBadRegistration(browser, page) {
  await page.getByRole("link", { name: "New here?" }).click();
  await page.locator('input[name="nickname"]').fill("anna");
  await page.locator('input[name="email"]').fill("not an address");
  await page.locator('input[name="password"]').fill("short");
  await page.getByRole("button", { name: "Create account" }).click();
  await page.locator('[data-error-of="email"]:not(:empty)').waitFor();
  await page.locator('[data-error-of="password"]:not(:empty)').waitFor();
  check(
    (await page.locator('input[name="email"]').getAttribute("aria-invalid")) === "true",
    "the e-mail field is marked",
  );
  await browser.picture(page, "01-errors-beside-fields");
  await page.reload();
  await page.getByRole("link", { name: "Have an account?" }).click();
  seen("errors of a bad registration stand beside their fields");
}

export async function foundChat(browser, anna, boris) {
  await anna.getByRole("button", { name: "New chat" }).click();
  await anna.getByLabel("Name of the chat").fill("Yasnaya Polyana");
  await anna.getByRole("button", { name: "Create" }).click();
  await anna.getByRole("heading", { name: "Yasnaya Polyana" }).waitFor();
  await anna.getByRole("button", { name: "Members" }).click();
  await anna.getByRole("button", { name: "Invite" }).click();
  await anna.getByRole("textbox", { name: "Nickname" }).fill("boris");
  await agree(anna, "Invite");
  await panel(anna, "Members").getByText("Boris Godunov").waitFor();
  await anna.getByText("2 members, 2 online").waitFor();
  await browser.picture(anna, "02-members");
  await anna.keyboard.press("Escape");
  await enter(boris, "Yasnaya Polyana");
  seen("a chat appears in the window of the person who was invited, and who is online");
}

export async function talk(browser, anna, boris) {
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
  check(
    (await bubble(boris, "three volumes").locator(".text").innerText()) === "Only the first\nthree volumes",
    "Shift+Enter is a new line",
  );
  seen("sending with the keyboard alone");
}

export async function replyInThread(browser, anna, boris) {
  await press(boris, "three volumes", "Open thread");
  await boris.getByRole("textbox", { name: "Reply in the thread" }).fill("The fourth is the best one.");
  await boris.keyboard.press("Enter");
  const reply = bubble(anna, "The fourth is the best one.");
  await reply.locator(".quote", { hasText: "Only the first" }).waitFor();
  await bubble(anna, "three volumes").getByRole("button", { name: "Open thread: 1 reply" }).click();
  await panel(anna, "Thread").getByText("The fourth is the best one.").waitFor();
  await browser.picture(anna, "03-thread");
  for (const page of [anna, boris]) await page.keyboard.press("Escape");
  await reply.locator(".quote").click();
  await anna.locator(".message.flash", { hasText: "three volumes" }).waitFor();
  seen("a reply with its quote, its thread, and the way to its parent");
}

export async function change(browser, anna, boris) {
  await press(boris, "three volumes", "Like");
  await bubble(anna, "three volumes")
    .getByRole("button", { name: /^1 like/ })
    .waitFor();
  await press(boris, "Good evening, Boris", "Like");
  await press(boris, "Good evening, Boris", "Take back the like");
  await bubble(anna, "Good evening, Boris")
    .getByRole("button", { name: /like\./ })
    .waitFor({ state: "detached" });
  seen("votes, given and taken back");

  await field(anna).press("ArrowUp");
  await field(anna).fill("Only the first\nthree volumes, so far");
  await anna.keyboard.press("Enter");
  await bubble(boris, "so far").getByText("edited").waitFor();
  seen("an edit");

  await say(boris, "Oh, wrong chat");
  await bubble(anna, "wrong chat").waitFor();
  await press(boris, "wrong chat", "Delete");
  await agree(boris, "Delete");
  await bubble(anna, "Message deleted").waitFor();
  check((await bubble(anna, "wrong chat").count()) === 0, "the deleted words are gone");
  await browser.picture(anna, "04-chat");
  seen("a deletion leaves a tombstone");
}

export async function converse(browser, anna, boris) {
  await boris.getByRole("button", { name: "New conversation" }).click();
  await boris.getByRole("textbox", { name: "Nickname" }).fill("anna");
  await boris.getByRole("textbox", { name: "First message" }).fill("A word in private, please");
  await agree(boris, "Send");
  await inRoom(boris, "Anna Karenina");
  await roomLink(anna, "Boris Godunov").getByLabel("1 unread").waitFor();
  await say(boris, "It can wait, though");
  await roomLink(anna, "Boris Godunov").getByLabel("2 unread").waitFor();
  check((await anna.title()).startsWith("(1)"), "the title counts rooms with news");
  await browser.picture(anna, "05-unread");
  await enter(anna, "Boris Godunov");
  await bubble(anna, "It can wait").waitFor();
  await roomLink(anna, "Boris Godunov").locator(".badge").waitFor({ state: "detached" });
  await bubble(boris, "It can wait").getByRole("img", { name: "Read", exact: true }).waitFor();
  await browser.picture(boris, "06-read");
  seen("a conversation opened by nickname, unread counts that rise and clear, read receipts");
}
