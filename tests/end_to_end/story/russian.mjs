// Every page in Russian, with what the story before left on it.

import { checkAccessible, checkPhone } from "./access.mjs";
import { settled } from "./axe.mjs";
import { check, seen } from "./windows.mjs";

const FIRST = ["me", "settings", "bots", "applications", "notifications", "notifications/settings", "search", "person/anna"];
/** What is no text of ours, and stands in Latin letters in any language. */
const NAMES = new RegExp(
  [
    ...["chatsrv", "API", "PNG", "JPEG", "PDF", "Ctrl", "English"],
    ...["[@#][\\w-]+", "\\w+:\\d+", "https?:\\S+"],
    ...["Anna Karenina", "\\bAK\\b", "anna", "vera", "boss", "boris", "Salon", "7a"],
    ...["Spring ball", "The garden", "Everybody dances", "<b>now</b>", "Holidays", "School is out", "Welcome back"],
  ].join("|"),
  "g",
);

export async function walkInRussian(browser, person) {
  const page = await browser.open("boss in Russian", browser.address, "ru-RU");
  await page.getByRole("button", { name: "Войти" }).waitFor();
  await checkWords(page, "the door");
  browser.forgive("/user/login");
  await page.locator('input[name="email"]').fill(person.nickname);
  await page.locator('input[name="password"]').fill("no word of mine");
  await page.getByRole("button", { name: "Войти" }).click();
  await page.getByText("Неверная почта или пароль").waitFor();
  await checkWords(page, "what the server refuses");
  await page.locator('input[name="password"]').fill(person.password);
  await page.getByRole("button", { name: "Войти" }).click();
  await page.locator(".places").waitFor();
  const settle = settled(page);
  const places = await addresses(page, ".places a");
  const all = new Set(FIRST);
  for (const place of places) {
    await open(page, settle, place);
    for (const name of [place, ...(await addresses(page, ".tabs a"))]) all.add(name);
  }
  check(all.size >= 24, `all pages are walked: ${[...all]}`);
  for (const name of all) {
    await open(page, settle, name);
    await checkWords(page, name);
    await checkPhone(browser, page, `80-russian-${name.replace("/", "-")}`);
  }
  await checkAccessible(page, "a page in Russian");
  seen(`${all.size} pages in Russian`);
}

const addresses = (page, selector) =>
  page.locator(selector).evaluateAll((links) => links.map((link) => link.hash.replace("#/", "")));

async function open(page, settle, name) {
  await page.evaluate((name) => (location.hash = `#/${name}`), name);
  await page.locator(".panel").waitFor();
  await settle();
  await page.locator(".panel details").evaluateAll((all) => all.forEach((one) => (one.open = true)));
  await settle();
}

/** Every word that a person reads or hears on the page is Russian, and none was forgotten. */
async function checkWords(page, where) {
  const words = await page.evaluate(() => {
    const heard = [...document.querySelectorAll("[aria-label], [title], [placeholder]")];
    const attributes = heard.flatMap((node) => ["aria-label", "title", "placeholder"].map((name) => node.getAttribute(name) ?? ""));
    return [document.body.innerText, document.title, ...attributes].join("\n");
  });
  check(!/undefined|null|NaN|\[object|=>/.test(words), `${where}: no text is missing: ${words}`);
  const foreign = words.replace(NAMES, "").match(/[A-Za-z]{2,}/g) ?? [];
  check(foreign.length === 0, `${where}: everything is Russian: ${[...new Set(foreign)]}`);
}
