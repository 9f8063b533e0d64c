// What every story of a page begins and ends with.

import { logIn, register } from "./talk.mjs";
import { Browser, check, seen } from "./windows.mjs";

export const ANNA = { nickname: "anna", name: "Anna Karenina", email: "anna@example.org", password: "correct horse" };
export const BORIS = { nickname: "boris", name: "Boris Godunov", email: "boris@example.org", password: "battery staple" };
export const VERA = { nickname: "vera", name: "Vera Pavlovna", email: "vera@example.org", password: "what is to be done" };

/**
 * Play a story on the server that the command line names: `tell(browser, ...pages)` gets a window for each person, who has just registered there, or logged in
 * when `isKnown`.
 * Ends the process with 0 when everything was seen and nothing went wrong on the way.
 */
export async function stage(people, tell) {
  const browser = new Browser(process.argv[2]);
  await browser.start();
  const pages = [];
  try {
    for (const person of people) {
      pages.push(await browser.open(person.nickname));
      await (person.isKnown ? logIn : register)(pages.at(-1), person);
    }
    await tell(browser, ...pages);
    check(browser.faults.length === 0, `no fault on the console:\n${browser.faults.join("\n")}`);
    seen("no error on the console, no request to another host");
  } catch (error) {
    console.error(error, browser.faults);
    // A page that the story closed or crashed has no picture.
    for (const [number, page] of pages.entries()) await browser.picture(page, `failed-${people[number].nickname}`).catch(() => {});
    process.exitCode = 1;
  }
  await browser.close();
}
