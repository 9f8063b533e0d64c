// What was written without a server is kept over everything that ends a page, and sent once.

import { ANNA, BORIS, stage } from "../story/stage.mjs";
import { foundChat } from "../story/talk.mjs";
import { bubble, check, field, LIMIT, please, seen } from "../story/windows.mjs";

/** Write while there is no server; it waits, and is shown as waiting. */
async function write(page, text) {
  await field(page).fill(text);
  await field(page).press("Enter");
  await bubble(page, text).getByRole("img", { name: "Sending" }).waitFor();
}

async function without(browser, pages, tell) {
  browser.isServerDown = true;
  await please("kill");
  for (const page of pages) await page.getByText("No connection.").waitFor();
  await tell();
  await please("restart");
}

/** Each of these has come to everybody, once. */
async function arrived(browser, pages, texts) {
  for (const page of pages) {
    for (const text of texts) {
      await bubble(page, text).and(page.locator("[data-id]")).first().waitFor({ timeout: 2 * LIMIT });
      await page.locator(".sending").waitFor({ state: "detached" });
      check((await bubble(page, text).count()) === 1, `once: ${text}`);
    }
    await page.getByText("No connection.").waitFor({ state: "hidden", timeout: 2 * LIMIT });
  }
  browser.isServerDown = false;
}

await stage([ANNA, BORIS], async (browser, anna, boris) => {
  await foundChat(browser, anna, boris);
  await without(browser, [anna, boris], () => write(anna, "In a page that stays"));
  await arrived(browser, [anna, boris], ["In a page that stays"]);
  seen("a page that stays sends what was written, once");

  const address = anna.url();
  let closing = null;
  await without(browser, [anna, boris], async () => {
    await write(anna, "First of a closed page");
    await write(anna, "Second of a closed page");
    await field(anna).fill("Half a thou");
    closing = anna.context();
    await anna.close();
  });
  let page = await browser.openIn(closing, "anna again", address);
  await arrived(browser, [page, boris], ["First of a closed page", "Second of a closed page"]);
  check((await field(page).inputValue()) === "Half a thou", "the draft is there");
  const said = await boris.locator(".message .text").allInnerTexts();
  check(said.at(-2).startsWith("First") && said.at(-1).startsWith("Second"), `in order: ${said}`);
  seen("a page that was closed sends it when it is opened again, once, in order; the draft is there");

  await field(page).fill("");
  await without(browser, [page, boris], async () => {
    await write(page, "Of a page that crashes");
    const crash = page.waitForEvent("crash");
    page.goto("chrome://crash").catch(() => {});
    await crash;
  });
  page = await browser.openIn(closing, "anna after a crash", address);
  await arrived(browser, [page, boris], ["Of a page that crashes"]);
  seen("so does one that crashed");

  const other = await browser.openIn(closing, "anna's other tab", address);
  await bubble(other, "Of a page that crashes").waitFor();
  await without(browser, [page, other, boris], async () => {
    await write(page, "Of one tab");
    await write(other, "Of the other tab");
    await bubble(page, "Of the other tab").waitFor();
  });
  await arrived(browser, [page, other, boris], ["Of one tab", "Of the other tab"]);
  seen("two tabs with one outbox send each once");
});
process.stdin.destroy();
