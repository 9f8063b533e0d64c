// People, what they write, and how all of it is found; at the end somebody takes everything along and goes.

import { checkAccessible, checkPhone } from "../story/access.mjs";
import { leaveForGood, manageChat, ownBots, settle } from "../story/own.mjs";
import { ANNA, BORIS, stage } from "../story/stage.mjs";
import { agree, bubble, check, enter, field, log, panel, post, seen, thing, visit } from "../story/windows.mjs";

const person = (page, name) => panel(page, "Contacts").locator(".things .person", { hasText: name });
const found = (page, kind) => panel(page, "Search everywhere").locator(".found", { hasText: kind });

async function keepContacts(browser, anna, boris) {
  await visit(anna, "People", "Contacts");
  await panel(anna, "Contacts").getByText("Nobody here yet").waitFor();
  await panel(anna, "Contacts").getByRole("searchbox", { name: "Find people" }).fill("godunov");
  await panel(anna, "Contacts").getByRole("button", { name: "Add to contacts: Boris Godunov" }).click();
  await person(anna, "Boris Godunov").locator(".dot.online").waitFor();
  await checkAccessible(anna, "contacts");
  await checkPhone(browser, anna, "60-contacts-phone");
  seen("somebody is found by a part of the name, becomes a contact, and is seen to be here");

  await person(anna, "Boris Godunov").getByRole("button", { name: "Message Boris Godunov" }).click();
  await anna.getByRole("textbox", { name: "First message" }).fill("The boyars have chosen you");
  await agree(anna, "Send");
  await bubble(anna, "The boyars").waitFor();
  await visit(anna, "People", "Contacts");
  await boris.goto("about:blank");
  await person(anna, "Boris Godunov").locator(".dot:not(.online)").waitFor({ state: "attached" });
  seen("a conversation is opened from the contacts, and who goes is seen to go");

  await person(anna, "Boris Godunov").getByRole("button", { name: "Remove from contacts" }).click();
  await panel(anna, "Contacts").getByText("Nobody here yet").waitFor();
  seen("a contact is removed");
}

async function block(browser, anna, boris) {
  await boris.goto(browser.address);
  await enter(boris, "Anna Karenina");
  await bubble(boris, "The boyars").waitFor();
  await boris.getByRole("button", { name: "Profile", exact: true }).click();
  await panel(boris, "Profile").getByRole("button", { name: "Block" }).click();
  await agree(boris, "Block");
  await panel(boris, "Profile").getByText("You block this person").waitFor();
  check((await panel(boris, "Profile").getByRole("button", { name: "Write a message" }).count()) === 0, "nobody writes to who is blocked");
  await checkAccessible(boris, "the page of somebody who is blocked");
  await browser.picture(boris, "61-blocked-person");
  await enter(anna, "Boris Godunov");
  await field(anna).fill("Do you hear me?");
  await field(anna).press("Enter");
  await log(anna).getByText("This person can not be reached").waitFor();
  await log(anna).getByRole("button", { name: "Discard" }).click();

  await visit(boris, "People", "Blocked");
  await panel(boris, "Blocked").getByRole("button", { name: "Unblock Anna Karenina" }).click();
  await panel(boris, "Blocked").getByText("You block nobody").waitFor();
  await field(anna).fill("And now?");
  await field(anna).press("Enter");
  await bubble(anna, "And now?").and(anna.locator("[data-id]")).waitFor();
  seen("who is blocked can not write, and can again afterwards");
}

async function writeArticles(browser, anna, boris) {
  for (let number = 1; number <= 11; number += 1)
    await post(boris, "/articles/new", { title: `Decree ${number}`, text: "Peasants stay where they are" });
  await visit(anna, "Forum");
  const forum = panel(anna, "Forum");
  await thing(anna, "Forum", "Decree 11").waitFor();
  check((await forum.locator(".thing").count()) === 10, "the forum begins with ten articles");
  await forum.getByRole("button", { name: "Show more" }).click();
  await forum.getByText("Decree 1", { exact: true }).waitFor();
  await forum.getByText("New article").click();
  await forum.getByLabel("Title").fill("On happiness <i>");
  await forum.getByLabel("Text").fill("All happy families are alike;\n\n<b>each</b> unhappy family is unhappy in its own way.");
  await checkAccessible(anna, "the forum");
  await forum.getByRole("button", { name: "Publish" }).click();
  const article = panel(anna, "Article");
  await article.getByRole("heading", { name: "On happiness <i>" }).waitFor();
  await article.getByText("<b>each</b> unhappy family").waitFor();
  await checkAccessible(anna, "an article");
  await checkPhone(browser, anna, "62-article-phone");
  seen("the forum is paged, an article is written, and its markup is text");

  await article.getByText("Edit").first().click();
  await article.getByLabel("Title").fill("On unhappiness");
  await article.getByRole("button", { name: "Publish" }).click();
  await article.getByRole("heading", { name: "On unhappiness" }).waitFor();
  await visit(boris, "Forum");
  await panel(boris, "Forum").getByRole("link", { name: "@anna" }).first().click();
  await thing(boris, "Articles of this author", "On unhappiness").getByRole("link", { name: "On unhappiness" }).click();
  await panel(boris, "Article").getByText("All happy families").waitFor();
  check((await panel(boris, "Article").getByRole("button", { name: "Delete" }).count()) === 0, "only one's own can be deleted");
  await browser.picture(boris, "63-article");
  seen("it is changed, and found among its author's articles");
}

async function search(browser, anna, boris) {
  await anna.getByRole("searchbox", { name: "Search", exact: true }).fill("happy");
  await anna.getByRole("button", { name: "Search everywhere for “happy”" }).click();
  await found(anna, "On unhappiness").locator("mark", { hasText: "happy" }).waitFor();
  const words = panel(anna, "Search everywhere").getByRole("searchbox", { name: "Search everywhere" });
  await words.fill("boyars");
  await found(anna, "The boyars").locator("mark", { hasText: "boyars" }).waitFor();
  await checkAccessible(anna, "what was found");
  await checkPhone(browser, anna, "64-search-phone");
  await browser.picture(anna, "64-search");
  await panel(anna, "Search everywhere").getByRole("combobox", { name: "Search in" }).selectOption("article");
  await panel(anna, "Search everywhere").getByText("Nothing found").waitFor();
  await panel(anna, "Search everywhere").getByRole("combobox", { name: "Search in" }).selectOption("message");
  await found(anna, "The boyars").click();
  await bubble(anna, "The boyars").and(anna.locator(".flash")).waitFor();
  await anna.goBack();
  await found(anna, "The boyars").waitFor();
  await words.fill("godun");
  await panel(anna, "Search everywhere").getByRole("combobox", { name: "Search in" }).selectOption("");
  await found(anna, "@boris").locator("mark", { hasText: "Godunov" }).waitFor();
  seen("words are found and marked, a message is gone to, and what was found is still there on the way back");

  await visit(anna, "Forum");
  await panel(anna, "Forum").getByRole("link", { name: "On unhappiness" }).click();
  await panel(anna, "Article").getByRole("button", { name: "Delete" }).click();
  await agree(anna, "Delete");
  await thing(anna, "Forum", "Decree 11").waitFor();
  check((await thing(anna, "Forum", "On unhappiness").count()) === 0, "the article is gone");
  await boris.reload();
  await panel(boris, "Article").getByRole("alert").getByText("No such article").waitFor();
  seen("an article is deleted for everybody");
}

await stage([ANNA, BORIS], async (browser, anna, boris) => {
  // An article that is gone, a token that was renewed, a session that was ended, a wrong password.
  for (const path of [/^\/articles\/\d+$/, "/user/me", "/user/refresh", "/user/delete", "/user/login"]) browser.forgive(path);
  await keepContacts(browser, anna, boris);
  await block(browser, anna, boris);
  await writeArticles(browser, anna, boris);
  await search(browser, anna, boris);
  await manageChat(browser, anna, boris);
  await ownBots(browser, anna);
  await settle(browser, anna, ANNA);
  await leaveForGood(browser, anna, ANNA);
});
