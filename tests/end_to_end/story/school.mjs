// What a teacher makes for everybody, and how the others see it at once.

import { checkAccessible, checkPhone } from "./access.mjs";
import { agree, holdBack, panel, roomLink, seen, thing, visit } from "./windows.mjs";

async function announce(browser, teacher, student) {
  const release = await holdBack(student, "/events/page/1");
  for (const page of [teacher, student]) await visit(page, "School", "Events");
  const events = panel(teacher, "Events");
  await events.getByText("Announce an event").click();
  await events.getByLabel("Event", { exact: true }).fill("Spring ball");
  await events.getByLabel("Begins").fill("2027-04-12T18:00");
  await events.getByLabel("Place").fill("The big hall");
  await events.getByLabel("Description").fill("Everybody dances <b>now</b>");
  await events.getByRole("button", { name: "Announce", exact: true }).click();
  await student.locator(".toast", { hasText: "Spring ball" }).waitFor();
  const isOld = student.waitForResponse("**/events/page/1");
  release();
  await (await isOld).finished();
  for (const page of [teacher, student]) await thing(page, "Events", "Spring ball").getByText("12 April 2027 at 18:00 · The big hall").waitFor();
  await checkAccessible(teacher, "events");
  await checkPhone(browser, teacher, "73-events-phone");
  await thing(teacher, "Events", "Spring ball").getByText("Edit").click();
  await thing(teacher, "Events", "Spring ball").getByLabel("Place").fill("The garden");
  await thing(teacher, "Events", "Spring ball").getByRole("button", { name: "Announce" }).click();
  await thing(student, "Events", "Spring ball").getByText("The garden").waitFor();
  seen("an event is announced and changed, live for everybody");
}

async function decorate(browser, teacher, student) {
  await visit(teacher, "School", "Medals");
  const medals = panel(teacher, "Medals");
  await medals.getByText("Give a medal").click();
  await medals.getByLabel("To whom").fill("anna");
  await medals.getByLabel("Kind").fill("gold");
  await medals.getByLabel("What for").fill("Courage");
  await medals.getByRole("button", { name: "Give", exact: true }).click();
  await thing(teacher, "Medals", "Courage — Anna Karenina").waitFor();
  await checkAccessible(teacher, "medals");
  await visit(student, "School", "Medals");
  await thing(student, "Medals", "Courage — Anna Karenina").waitFor();
  await thing(teacher, "Medals", "Courage").getByRole("button", { name: "Take back" }).click();
  await agree(teacher, "Take back");
  await medals.getByText("No medals yet").waitFor();
  seen("a medal is given, seen, and taken back");
}

async function gather(browser, teacher, student) {
  await visit(teacher, "School", "Groups");
  const groups = panel(teacher, "Groups");
  await groups.getByText("New group").click();
  await groups.getByLabel("Name").fill("7a");
  await groups.getByLabel("People").fill("anna, vera");
  await groups.getByRole("button", { name: "Save" }).click();
  const group = thing(teacher, "Groups", "7a");
  await group.getByText("2 members").waitFor();
  await group.getByText("People", { exact: true }).click();
  await group.getByRole("button", { name: "Remove: vera" }).click();
  await group.getByText("1 member", { exact: true }).waitFor();
  await group.getByRole("button", { name: "Found a chat of the group" }).click();
  await roomLink(student, "7a").waitFor();
  await group.getByRole("button", { name: "Bring everybody into its chat" }).waitFor();
  await group.getByText("Send a notification").click();
  await group.getByLabel("Words").fill("Bring your shoes");
  await group.getByRole("button", { name: "Send" }).click();
  await student.locator(".toast", { hasText: "Bring your shoes" }).waitFor();
  await checkAccessible(teacher, "groups");
  await checkPhone(browser, teacher, "74-groups-phone");
  await visit(student, "School", "Groups");
  await thing(student, "Groups", "7a").getByText("1 member").waitFor();
  seen("a group is made, its people change, its chat is founded, its people are told");
}

async function tellAll(browser, teacher, student) {
  await visit(teacher, "Staff", "Announcing");
  const page = panel(teacher, "Announcing");
  await page.getByText("New banner").click();
  await page.getByLabel("Title").fill("Holidays");
  await page.getByLabel("Words").last().fill("School is out");
  await page.getByRole("button", { name: "Save" }).click();
  await student.getByRole("status").getByText("School is out").waitFor();
  await checkAccessible(teacher, "announcing");
  await checkPhone(browser, teacher, "75-announcing-phone");
  await thing(teacher, "Announcing", "Holidays").getByRole("switch").click();
  await student.getByText("School is out").waitFor({ state: "detached" });
  await page.getByText("Send a notification").click();
  await page.getByLabel("Words").first().fill("Welcome back");
  await page.getByRole("button", { name: "Send" }).click();
  await student.locator(".toast", { hasText: "Welcome back" }).waitFor();
  seen("a banner is shown to everybody and hidden; everybody is told a word");
}

export async function runSchool(browser, teacher, student) {
  await announce(browser, teacher, student);
  await decorate(browser, teacher, student);
  await gather(browser, teacher, student);
  await tellAll(browser, teacher, student);
}
