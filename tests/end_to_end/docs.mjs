// The page of all routes in a real browser: it shows them, tries one out, and asks nobody else.
//
// node docs.mjs ADDRESS FOLDER: a screenshot is left in FOLDER. Exits 0 when everything was seen.

import { Browser, check, LIMIT, seen } from "./story/windows.mjs";

async function read(browser, page) {
  const { paths } = await (await fetch(new URL("/openapi.json", browser.address))).json();
  const count = Object.values(paths).flatMap((methods) => Object.keys(methods)).length;
  const tags = page.locator(".opblock-tag");
  await tags.first().waitFor();
  for (const tag of await tags.all()) await tag.click();
  await page.waitForFunction((all) => document.querySelectorAll(".opblock").length === all, count, { timeout: LIMIT });
  seen(`all ${count} operations`);
}

async function look(page) {
  const sending = page.locator("#operations-messages-messages_send_to_chat");
  await sending.locator(".opblock-summary-control").click();
  await sending.getByText("EMPTY_MESSAGE").first().waitFor();
  await sending.getByText("All happy families are alike").first().waitFor();
  seen("an operation's codes and its example");
}

async function tryOut(page) {
  const health = page.locator("#operations-server-server_health");
  await health.locator(".opblock-summary-control").click();
  await health.getByRole("button", { name: "Try it out" }).click();
  await health.getByRole("button", { name: "Execute" }).click();
  await health.locator(".live-responses-table").getByText('"status"').waitFor();
  seen("an answer to an operation that was tried out");
}

const browser = new Browser(...process.argv.slice(2));
await browser.start();
const page = await browser.open("reader");
try {
  await read(browser, page);
  await look(page);
  await tryOut(page);
  check(browser.faults.length === 0, `no fault on the console:\n${browser.faults.join("\n")}`);
  seen("no error on the console, no request to another host");
} catch (error) {
  console.error(error, browser.faults);
  process.exitCode = 1;
}
await browser.picture(page, "docs");
await browser.close();
