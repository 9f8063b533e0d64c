// What teachers and admins do: reports, roles, the log, events, medals, groups, banners; then every page in Russian.

import { checkAccessible, checkPhone } from "../story/access.mjs";
import { walkInRussian } from "../story/russian.mjs";
import { runSchool } from "../story/school.mjs";
import { ANNA, stage } from "../story/stage.mjs";
import { agree, bubble, check, enter, panel, press, say, seen, thing, visit } from "../story/windows.mjs";

const known = (nickname) => ({ nickname, password: "Teacher-word-1", isKnown: true });
const VERA = known("vera");
const BOSS = known("boss");

async function report(browser, anna, vera, boss) {
  await anna.getByRole("button", { name: "New chat" }).click();
  await anna.getByLabel("Name of the chat").fill("Salon");
  await anna.getByLabel("People to invite").fill("boris");
  await agree(anna, "Create");
  const boris = await browser.open("boris");
  await boris.locator('input[name="email"]').fill("boris");
  await boris.locator('input[name="password"]').fill("Teacher-word-1");
  await boris.getByRole("button", { name: "Log in" }).click();
  await enter(boris, "Salon");
  await say(boris, "An insult <b>of yours</b>");
  await say(boris, "A joke");
  for (const page of [vera, boss]) await visit(page, "Staff", "Reports");
  await panel(vera, "Reports").getByText("Nothing was reported").waitFor();
  for (const [text, reason] of [["An insult", "This is no way to talk"], ["A joke", "Not funny"]]) {
    if (text === "A joke") await bubble(anna, text).press("f");
    else await press(anna, text, "Report to the moderators");
    await anna.getByRole("dialog").getByLabel("What is wrong").fill(reason);
    await agree(anna, "Report to the moderators");
  }
  for (const page of [vera, boss]) await thing(page, "Reports", "An insult <b>of yours</b>").getByText("This is no way to talk").waitFor();
  await checkAccessible(vera, "reports");
  await checkPhone(browser, vera, "70-reports-phone");
  seen("a reported message stands in the queues of all moderators at once");

  await thing(vera, "Reports", "A joke").getByRole("button", { name: "Dismiss" }).click();
  for (const page of [vera, boss]) await thing(page, "Reports", "A joke").waitFor({ state: "detached" });
  await thing(boss, "Reports", "An insult").getByRole("button", { name: "Remove message" }).click();
  await agree(boss, "Remove message");
  for (const page of [vera, boss]) await panel(page, "Reports").getByText("Nothing was reported").waitFor();
  for (const page of [anna, boris]) await bubble(page, "Message deleted").waitFor();
  await bubble(anna, "A joke").waitFor();
  seen("one is dismissed, the other removed for everybody");
}

async function rule(browser, boss, vera, anna) {
  await visit(boss, "Staff", "Accounts");
  const account = thing(boss, "Accounts", "@anna");
  await account.getByRole("combobox", { name: "Role of Anna Karenina" }).selectOption({ label: "admin" });
  await agree(boss, "Cancel");
  // A dialog is gone before the browser says so to who asked.
  await account.locator("option:checked", { hasText: "student" }).waitFor({ state: "attached" });
  check(await account.getByText("@anna · student").isVisible(), "nothing is given before the question was answered");
  await account.getByRole("combobox").selectOption({ label: "teacher" });
  await agree(boss, "Give the role");
  await account.getByText("@anna · teacher").waitFor();
  await checkAccessible(boss, "accounts");
  await checkPhone(browser, boss, "71-accounts-phone");
  await anna.reload();
  await visit(anna, "Staff", "Reports");
  await account.getByRole("combobox").selectOption({ label: "student" });
  await agree(boss, "Give the role");
  await account.getByText("@anna · student").waitFor();
  await anna.reload();
  seen("a role is given and taken");

  const finder = panel(boss, "Accounts").getByRole("searchbox", { name: "Find people" });
  await finder.fill("vera");
  await panel(boss, "Accounts").getByRole("list", { name: "People found" }).getByRole("link", { name: "vera" }).click();
  await panel(boss, "Profile").getByRole("button", { name: "Disable" }).click();
  await agree(boss, "Disable");
  await vera.getByRole("button", { name: "Log in" }).waitFor();
  await panel(boss, "Profile").getByRole("button", { name: "Enable" }).click();
  await panel(boss, "Profile").getByRole("button", { name: "Disable" }).waitFor();
  await browser.picture(boss, "71-person-for-admins");
  seen("an account is found and disabled: its page is logged out at once; it is enabled again");

  await visit(boss, "Staff", "Audit log");
  await thing(boss, "Audit log", "@boss: disabled an account").getByText("@vera").waitFor();
  await thing(boss, "Audit log", "@vera: dismissed a report").waitFor();
  await thing(boss, "Audit log", "gave a role").first().getByText("student").waitFor();
  await checkAccessible(boss, "the audit log");
  await checkPhone(browser, boss, "72-audit-phone");
  check((await thing(boss, "Audit log", "removed a reported message").count()) === 1, "the removal is noted once");
  seen("the log says who did what");
}

await stage([ANNA, VERA, BOSS], async (browser, anna, vera, boss) => {
  // Whose account is disabled is refused in the middle of what the page does; who lost a role, on the page that it opened.
  for (const path of ["/user/login", "/user/refresh", "/reports/page/1", "/achievements/queue/page/1", "/web/vendor/socket.io.min.js"]) browser.forgive(path);
  await report(browser, anna, vera, boss);
  await rule(browser, boss, vera, anna);
  await runSchool(browser, boss, anna);
  await walkInRussian(browser, BOSS);
});
