// A student submits, two moderators see it at once, one of them decides.

import { checkAccessible, checkPhone } from "../story/access.mjs";
import { PICTURE } from "../story/files.mjs";
import { ANNA, stage } from "../story/stage.mjs";
import { panel, post, seen, thing, visit } from "../story/windows.mjs";

const teacher = (nickname) => ({ nickname, password: "Teacher-word-1", isKnown: true });
const QUEUE = "Moderators' queue";

async function submit(anna, title) {
  const own = panel(anna, "My achievements");
  await own.getByText("Submit an achievement").click();
  await own.getByLabel("What you achieved").fill(title);
  await own.getByLabel("Kind").selectOption("event");
  await own.getByLabel("Proof").setInputFiles(PICTURE);
  await own.getByRole("button", { name: "Submit", exact: true }).click();
  await thing(anna, "My achievements", title).getByText("Waits for a moderator").waitFor();
}

async function decide(browser, anna, first, second) {
  for (const page of [first, second]) await visit(page, "Staff", QUEUE);
  for (const page of [first, second]) await panel(page, QUEUE).getByText("Nothing waits").waitFor();
  await visit(anna, "School", "My achievements");
  await submit(anna, "First at chess");
  await submit(anna, "Late to class");
  for (const page of [first, second]) {
    await thing(page, QUEUE, "First at chess").getByRole("button", { name: "Proof" }).waitFor();
    await thing(page, QUEUE, "Late to class").waitFor();
  }
  seen("what is submitted stands in both queues at once");
  await checkAccessible(first, "the queue");
  await checkPhone(browser, first, "40-queue-phone");

  await thing(first, QUEUE, "First at chess").getByLabel("Points").fill("25");
  await thing(first, QUEUE, "First at chess").getByRole("button", { name: "Accept" }).click();
  for (const page of [first, second]) await thing(page, QUEUE, "First at chess").waitFor({ state: "detached" });
  await anna.locator(".toast", { hasText: "First at chess" }).waitFor();
  await thing(anna, "My achievements", "First at chess").getByText("Accepted: 25 points").waitFor();
  seen("one accepts: it leaves both queues, the student hears of it at once");

  const late = thing(second, QUEUE, "Late to class");
  await late.getByText("Reject").first().click();
  await late.getByLabel("Reason").fill("That is nothing to be proud of");
  await late.getByRole("button", { name: "Reject" }).click();
  for (const page of [first, second]) await panel(page, QUEUE).getByText("Nothing waits").waitFor();
  await thing(anna, "My achievements", "Late to class").getByText("Rejected: That is nothing").waitFor();
  await checkAccessible(anna, "achievements");
  seen("the other rejects, with a reason");
}

async function lookAround(browser, anna, first) {
  await visit(anna, "School", "Leaderboard");
  await panel(anna, "Leaderboard").getByText("1. Anna Karenina").waitFor();
  await panel(anna, "Leaderboard").getByText("25 points, 1 achievement").waitFor();
  await post(first, "/banners", { active: true, title: "Holidays", content: "School is out <b>now</b>" });
  await anna.getByRole("status").getByText("School is out <b>now</b>").waitFor();
  await browser.picture(anna, "41-leaderboard");
  await checkAccessible(anna, "the leaderboard");
  await anna.getByRole("button", { name: "Close: Holidays" }).click();
  await anna.getByText("School is out").waitFor({ state: "detached" });
  seen("who has the most points; an announcement for everybody");
}

await stage([ANNA, teacher("vera"), teacher("boris")], async (browser, anna, vera, boris) => {
  await decide(browser, anna, vera, boris);
  await lookAround(browser, anna, vera);
});
