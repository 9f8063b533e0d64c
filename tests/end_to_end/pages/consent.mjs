// An application asks to act for somebody: refused, allowed, withdrawn. The page talks to a real application on this machine.

import { checkAccessible, checkPhone } from "../story/access.mjs";
import { ANNA, stage } from "../story/stage.mjs";
import { logIn } from "../story/talk.mjs";
import { agree, check, panel, seen } from "../story/windows.mjs";

const client = process.argv[3];

async function registerApplication(anna) {
  await anna.getByRole("link", { name: /^Profile/ }).click();
  await anna.getByRole("link", { name: "Applications" }).click();
  const applications = panel(anna, "Applications");
  await applications.getByText("Register an application").click();
  await applications.getByLabel("Name").fill("Reader");
  await applications.getByLabel("Addresses to come back to").fill(`${client}/back`);
  await applications.getByRole("button", { name: "Save" }).click();
  const id = (await applications.getByText(/^Id: /).textContent()).replace("Id: ", "");
  await checkAccessible(anna, "applications");
  seen("an application is registered");
  return id;
}

/** The application sends the browser to the question, and shows what came of it. */
const begin = (page, id) => page.goto(`${client}/begin?client=${id}`);

async function answer(browser, anna, id) {
  await begin(anna, id);
  await anna.getByText("Reader wants to act for you").waitFor();
  await anna.getByText("read your profile, your contacts").waitFor();
  await anna.getByText(`You will be led back to ${new URL(client).host}.`).waitFor();
  await checkPhone(browser, anna, "50-consent-phone");
  await anna.getByRole("button", { name: "Refuse" }).click();
  await anna.getByText("refused: access_denied").waitFor();
  seen("refused: the application is told so and gets nothing");

  await begin(anna, id);
  await anna.getByRole("button", { name: "Allow" }).click();
  await anna.getByText("I am anna").waitFor();
  seen("allowed: the application reads the profile with its token");
}

async function withdraw(browser, anna) {
  await anna.goto(`${browser.address}#/applications`);
  const let_ = panel(anna, "Applications").locator(".thing", { hasText: "read your profile" });
  await let_.getByRole("button", { name: "Withdraw" }).click();
  await agree(anna, "Withdraw");
  await let_.waitFor({ state: "detached" });
  await anna.goto(`${client}/again`);
  await anna.getByText("401").waitFor();
  seen("withdrawn: its token opens nothing any more");
}

async function ofAStranger(browser, id) {
  const page = await browser.open("nobody");
  await begin(page, id);
  await logIn(page, ANNA);
  await page.getByText("Reader wants to act for you").waitFor();
  seen("who is not logged in does that first");
  await page.goto(`${browser.address}oauth/authorize?client_id=${id}&redirect_uri=https://evil.example/&response_type=code`);
  await page.getByRole("alert").waitFor();
  check(page.url().startsWith(browser.address), "nobody is sent to an address that was not registered");
  check((await page.getByRole("button", { name: "Allow" }).count()) === 0, "there is nothing to allow");
  seen("a wrong question is answered here");
}

await stage([ANNA], async (browser, anna) => {
  browser.hosts.add(new URL(client).host);
  browser.forgive("/oauth/consent");
  const id = await registerApplication(anna);
  await answer(browser, anna, id);
  await withdraw(browser, anna);
  await ofAStranger(browser, id);
});
