// The pictures of the README: people talk, write to the forum, submit achievements, and a moderator has them in a queue.

import { PICTURE } from "../story/files.mjs";
import { ANNA, BORIS, stage } from "../story/stage.mjs";
import { bubble, enter, panel, post, press } from "../story/windows.mjs";

const VERA = { nickname: "vera", password: "Teacher-word-1", isKnown: true };
const SCREEN = { width: 1180, height: 720 };
const PHONE = { width: 390, height: 780 };
const ACHIEVEMENTS = [
  ["anna", "First at chess", "The school's championship, eleven rounds without a loss."],
  ["boris", "Read all of “War and Peace”", "Four volumes and both epilogues, in six weeks."],
];

/** What is said, in order: who, what, and whether it answers what was said just before. */
const TALK = [
  ["boris", "Good evening! Did the third volume arrive?"],
  ["anna", "It did, and I could not put it down. Borodino took me until three in the morning."],
  ["anna", "Wait until you meet Karataev, though."],
  ["boris", "No word of him, please. I am at the comet.", true],
  ["vera", "The comet is my favourite page of the whole book. Shall we read it aloud on Saturday?"],
  ["anna", "Saturday it is. I bring the samovar.", true],
  ["boris", "And I bring the volume that somebody scribbled in."],
  ["boris", "Oh, wrong chat"],
];

async function talk(pages, chat) {
  let last = null;
  for (const [who, text, isAnswer] of TALK)
    last = await post(pages[who], `/chats/${chat}/messages`, { text, parent_id: isAnswer ? last.id : 0 });
  await post(pages.boris, `/message/${last.id}/delete`);
  await post(pages.boris, "/user/anna/message", { text: "May I borrow the fourth one, too?" });
  await post(pages.vera, "/user/anna/message", { text: "Your essay was a joy to read." });
}

const go = (page, hash) => page.evaluate((address) => (location.hash = address), hash);

async function submit(page, title, description) {
  await go(page, "#/achievements");
  const own = panel(page, "My achievements");
  await own.getByText("Submit an achievement").click();
  await own.getByLabel("What you achieved").fill(title);
  await own.getByLabel("Description").fill(description);
  await own.getByLabel("Kind").selectOption("event");
  await own.getByLabel("Proof").setInputFiles(PICTURE);
  await own.getByRole("button", { name: "Submit", exact: true }).click();
  await own.locator(".thing", { hasText: title }).waitFor();
}

async function rest(page) {
  await page.mouse.move(0, 0);
  await page.locator(".toast").waitFor({ state: "detached" });
  await page.evaluate(() => document.activeElement.blur());
}

await stage([ANNA, BORIS, VERA], async (browser, anna, boris, vera) => {
  const pages = { anna, boris, vera };
  for (const page of Object.values(pages)) await page.setViewportSize(SCREEN);
  const { id: chat } = await post(anna, "/chats", { name: "Yasnaya Polyana", users: ["boris", "vera"] });
  await talk(pages, chat);
  await enter(anna, "Yasnaya Polyana");
  await enter(boris, "Yasnaya Polyana");
  await press(boris, "samovar", "Like");
  await bubble(anna, "samovar").locator(".pill").waitFor();
  await rest(anna);
  await browser.picture(anna, "chat");

  for (const title of ["A map of Borodino", "The second epilogue", "What to read after the fourth volume"])
    await post(vera, "/articles/new", { title, text: "For everybody who comes on Saturday." });
  await go(anna, `#/chat/${chat}/forum`);
  await panel(anna, "Forum").getByText("A map of Borodino").waitFor();
  await rest(anna);
  await browser.picture(anna, "forum");

  for (const [who, title, description] of ACHIEVEMENTS) await submit(pages[who], title, description);
  await go(vera, `#/chat/${chat}/queue`);
  await panel(vera, "Moderators' queue").getByText("First at chess").waitFor();
  await rest(vera);
  await browser.picture(vera, "queue");

  await go(boris, `#/chat/${chat}`);
  await boris.setViewportSize(PHONE);
  await boris.emulateMedia({ colorScheme: "dark" });
  await bubble(boris, "scribbled").waitFor();
  await rest(boris);
  await browser.picture(boris, "phone");
});
