// How it feels: by keys alone, on a phone, in the dark, and at the door.

import { bubble, check, roomLink, seen } from "./windows.mjs";

export async function walkByKeys(browser, anna) {
  await anna.keyboard.press("Alt+ArrowDown");
  await anna.getByRole("heading", { name: "Yasnaya Polyana" }).waitFor();
  await bubble(anna, "Good evening, Boris").waitFor();
  await anna.locator(".composer-field:focus").waitFor();
  await anna.keyboard.type("By keys alone");
  await anna.keyboard.press("Enter");
  await bubble(anna, "By keys alone").waitFor();
  await bubble(anna, "By keys alone").and(anna.locator("[data-id]")).waitFor();
  await anna.keyboard.press("Shift+Tab");
  await anna.locator(".message:focus", { hasText: "By keys alone" }).waitFor();
  await anna.keyboard.press("ArrowUp");
  await anna.keyboard.press("ArrowDown");
  await anna.keyboard.press("l");
  await bubble(anna, "By keys alone")
    .getByRole("button", { name: /^1 like/ })
    .waitFor();
  await anna.keyboard.press("Escape");
  await anna.locator(".composer-field:focus").waitFor();
  seen("rooms, messages, likes and the field by keys alone");
}

export async function changeLooks(browser, anna, boris) {
  await anna.emulateMedia({ colorScheme: "dark" });
  await browser.picture(anna, "08-dark");
  await anna.setViewportSize({ width: 390, height: 844 });
  await browser.picture(anna, "09-phone-dark-room");
  await anna.getByRole("link", { name: "Back" }).click();
  await roomLink(anna, "Boris Godunov").waitFor();
  await browser.picture(anna, "10-phone-dark-list");
  await boris.setViewportSize({ width: 390, height: 844 });
  await browser.picture(boris, "11-phone-room");
  for (const page of [anna, boris])
    check(
      await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
      "nothing is wider than the phone",
    );
  await boris.setViewportSize({ width: 1280, height: 800 });
  seen("a phone's width and dark mode");
}

export async function leave(browser, boris, person) {
  await boris.getByRole("link", { name: /^Profile/ }).click();
  await boris.getByRole("textbox", { name: "About me" }).fill("Tsar, in my free time.");
  await boris.getByRole("button", { name: "Save" }).click();
  await boris.getByText("Saved").waitFor();
  await browser.picture(boris, "12-profile");
  await boris.getByRole("button", { name: "Log out" }).click();
  await boris.getByRole("button", { name: "Log in" }).waitFor();
  await boris.locator('input[name="email"]').fill(person.nickname);
  await boris.locator('input[name="password"]').fill(person.password);
  await browser.picture(boris, "13-log-in");
  await boris.getByRole("button", { name: "Log in" }).click();
  await roomLink(boris, "Bald Hills").waitFor();
  seen("the profile, logging out and in again");
}
