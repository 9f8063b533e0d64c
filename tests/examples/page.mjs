// node page.mjs ADDRESS NICKNAME PASSWORD: logs in on the example's page and does what each line on stdin wants:
// "see TEXT" waits until the page shows it, "say TEXT" sends it. Each is answered by a line; the last line tells what the page shows.

import { createRequire } from "node:module";
import path from "node:path";
import readline from "node:readline";
import { pathToFileURL } from "node:url";

const { chromium } = createRequire(pathToFileURL(path.join(process.env.CHATSRV_NODE_MODULES, "_.js")))("playwright-core");
const [address, nickname, password] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: process.env.CHATSRV_CHROMIUM, args: ["--headless", "--no-sandbox"] });
const page = await browser.newPage();
page.setDefaultTimeout(20_000);
page.on("pageerror", (error) => console.log(`fault: ${error.stack}`));

await page.goto(address);
await page.getByPlaceholder("nickname").fill(nickname);
await page.getByPlaceholder("password").fill(password);
await page.getByRole("button", { name: "Log in" }).click();
for await (const line of readline.createInterface({ input: process.stdin })) {
  const [wish, text] = [line.slice(0, 3), line.slice(4)];
  if (wish === "say") await page.locator("#say input").fill(text);
  if (wish === "say") await page.getByRole("button", { name: "Send" }).click();
  await page.locator("#log li", { hasText: text }).waitFor();
  console.log(`done: ${line}`);
}
console.log(JSON.stringify(await page.locator("#log li, #fault").allTextContents()));
await browser.close();
