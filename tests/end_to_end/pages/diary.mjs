// A diary, a dream with a picture, the goal that it becomes, its tasks, and a reminder.

import { checkAccessible, checkPhone } from "../story/access.mjs";
import { PICTURE } from "../story/files.mjs";
import { ANNA, stage } from "../story/stage.mjs";
import { agree, check, panel, seen, thing, visit } from "../story/windows.mjs";


async function keepDiary(browser, anna) {
  await visit(anna, "Personal", "Diary");
  const diary = panel(anna, "Diary");
  await diary.getByText("New entry").click();
  await diary.getByLabel("What happened").fill("Ran ten kilometres\nin the rain");
  await diary.getByLabel("Mood").selectOption("5");
  await diary.getByLabel("What you achieved").fill("10 km\nup at six");
  await diary.getByRole("button", { name: "Save" }).click();
  await thing(anna, "Diary", "Ran ten kilometres").getByText("up at six").waitFor();
  await diary.getByText("Mood: great").waitFor();
  await checkAccessible(anna, "the diary");
  await checkPhone(browser, anna, "30-diary-phone");
  await thing(anna, "Diary", "Ran ten").getByRole("button", { name: "Delete" }).click();
  await agree(anna, "Delete");
  await diary.getByText("Nothing written yet").waitFor();
  seen("a day is written down, read, and deleted");
}

async function dream(browser, anna) {
  await visit(anna, "Personal", "Dreams");
  const dreams = panel(anna, "Dreams");
  await dreams.getByText("New dream").click();
  await dreams.getByLabel("What you dream of").fill("To fly");
  await dreams.getByLabel("Ideas and thoughts").fill("Like Icarus, <b>higher</b>");
  await dreams.getByLabel("Picture").setInputFiles(PICTURE);
  await dreams.getByRole("button", { name: "Save" }).click();
  const picture = thing(anna, "Dreams", "To fly").getByRole("img", { name: "Picture of the dream" });
  await picture.waitFor();
  check((await picture.evaluate((image) => image.decode().then(() => image.naturalWidth))) > 0, "the picture is shown");
  await dreams.getByText("Like Icarus, <b>higher</b>").waitFor();
  await checkAccessible(anna, "dreams");
  await browser.picture(anna, "31-dreams");
  await thing(anna, "Dreams", "To fly").getByRole("button", { name: "Make it a goal" }).click();
  await thing(anna, "Goals", "To fly").waitFor();
  seen("a dream with a picture becomes a goal");
}

async function addTask(anna, name, due = "") {
  const goal = thing(anna, "Goals", "To fly");
  await goal.getByText("New task").click();
  await goal.getByLabel("What is to be done").fill(name);
  if (due) await goal.getByLabel("Due").fill(due);
  await goal.getByRole("button", { name: "Add" }).click();
  await goal.getByRole("switch", { name }).waitFor();
}

const local = (moment) => new Date(moment - new Date(moment).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);

async function reach(browser, anna) {
  const goal = thing(anna, "Goals", "To fly");
  await addTask(anna, "Gather feathers");
  await addTask(anna, "Melt wax", local(Date.now() + 120_000));
  await panel(anna, "Goals").getByText("0 %").waitFor();
  await anna.getByRole("link", { name: "Notifications: 1 unread" }).waitFor();
  await anna.locator(".toast", { hasText: "Melt wax" }).waitFor();
  seen("the reminder of a task that is due arrives");
  await goal.getByRole("switch", { name: "Gather feathers" }).click();
  await goal.getByText("50 %").waitFor();
  await goal.getByRole("switch", { name: "Melt wax" }).click();
  await goal.getByText("Reached").waitFor();
  await checkAccessible(anna, "goals");
  await checkPhone(browser, anna, "32-goals-phone");
  await goal.getByRole("switch", { name: "Melt wax" }).click();
  await goal.getByText("50 %").waitFor();
  seen("tasks are ticked, the goal is reached, and opened again");
}

await stage([ANNA], async (browser, anna) => {
  await keepDiary(browser, anna);
  await dream(browser, anna);
  await reach(browser, anna);
});
