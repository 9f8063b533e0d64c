// What goes wrong, and what is long ago or taken away.

import { agree, bubble, check, enter, field, log, panel, post, roomLink, say, seen, LIMIT } from "./windows.mjs";

export async function loseServer(browser, anna, boris, please) {
  browser.isServerDown = true;
  await please("kill");
  for (const page of [anna, boris]) await page.getByText("No connection.").waitFor();
  await field(anna).fill("Written while the server was down");
  await anna.keyboard.press("Enter");
  await bubble(anna, "while the server was down").getByRole("img", { name: "Sending" }).waitFor();
  await browser.picture(anna, "07-offline");
  await please("restart");
  await bubble(boris, "while the server was down").waitFor({ timeout: 2 * LIMIT });
  await bubble(anna, "while the server was down")
    .getByRole("img", { name: /^(Sent|Read)$/ })
    .waitFor();
  for (const page of [anna, boris])
    await page.getByText("No connection.").waitFor({ state: "hidden", timeout: 2 * LIMIT });
  browser.isServerDown = false;
  await say(boris, "Welcome back");
  await bubble(anna, "Welcome back").waitFor();
  for (const page of [anna, boris])
    check((await bubble(page, "while the server was down").count()) === 1, "it arrived once");
  await anna.reload();
  await bubble(anna, "Welcome back").waitFor();
  check((await bubble(anna, "while the server was down").count()) === 1, "it is stored once");
  seen("kill -9 and restart: both come back, what was written meanwhile arrives once");
}

/** Old messages come while one scrolls up, and what is read there stays where it is when a new one arrives. */
export async function readOldOnes(browser, anna, boris) {
  const id = new URL(anna.url()).hash.split("/").at(-1);
  for (let number = 1; number <= 60; number += 1)
    await post(boris, `/conversations/${id}/messages`, { text: `Letter ${number}.` });
  await bubble(anna, "Letter 60.").waitFor();
  await anna.reload();
  await bubble(anna, "Letter 60.").waitFor();
  check((await bubble(anna, "Letter 1.").count()) === 0, "only the newest are read at first");
  await log(anna).hover();
  for (const first of ["Letter 30.", "Letter 5.", "A word in private"]) {
    await log(anna).evaluate((node) => node.scrollTo(0, 0));
    await bubble(anna, first).waitFor();
  }
  await bubble(anna, "Letter 20.").scrollIntoViewIfNeeded();
  const before = await bubble(anna, "Letter 20.").boundingBox();
  await post(boris, `/conversations/${id}/messages`, { text: "And one more" });
  await anna.getByRole("button", { name: "1 new message" }).waitFor();
  check((await bubble(anna, "Letter 20.").boundingBox()).y === before.y, "what is read stays where it is");
  await anna.getByRole("button", { name: "1 new message" }).click();
  await bubble(anna, "And one more").waitFor();
  seen("older messages while scrolling up, and a new one that does not disturb");
}

/** A chat is renamed, muted, taken away and given back. */
export async function manage(browser, anna, boris) {
  for (const page of [anna, boris]) await enter(page, "Yasnaya Polyana");
  await anna.getByRole("button", { name: "Mute" }).click();
  await anna.getByRole("button", { name: "Unmute" }).click();
  await anna.getByRole("button", { name: "Members" }).click();
  await anna.getByRole("button", { name: "Rename" }).click();
  await anna.getByRole("textbox", { name: "Name of the chat" }).fill("Bald Hills");
  await agree(anna, "Save");
  await boris.getByRole("heading", { name: "Bald Hills" }).waitFor();
  await anna.getByRole("button", { name: "Remove: Boris Godunov" }).click();
  await agree(anna, "Remove");
  await boris.getByText("You are no longer in “Bald Hills”").waitFor();
  await roomLink(boris, "Bald Hills").waitFor({ state: "detached" });
  await panel(anna, "Members").getByText("Boris Godunov").waitFor({ state: "detached" });
  await anna.getByRole("button", { name: "Invite" }).click();
  await anna.getByRole("textbox", { name: "Nickname" }).fill("boris");
  await agree(anna, "Invite");
  await enter(boris, "Bald Hills");
  await anna.keyboard.press("Escape");
  await say(anna, "There you are again");
  await bubble(boris, "There you are again").waitFor();
  seen("a chat renamed, muted, taken away and given back");
}
