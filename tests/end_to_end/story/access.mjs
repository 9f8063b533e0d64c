// Whether those who do not see the page, or hold a phone, can use it.

import { check } from "./windows.mjs";

const INTERACTIVE = new Set(["button", "checkbox", "combobox", "link", "radio", "searchbox", "switch", "textbox", "slider"]);
const PHONE = { width: 390, height: 844 };

/** Whether Chromium's own tree of accessibility has a name for everything that one can use, and every id is one thing's. */
export async function checkAccessible(page, what) {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  await session.detach();
  const nameless = nodes.filter(({ ignored, role, name }) => !ignored && INTERACTIVE.has(role?.value) && !name?.value);
  check(nameless.length === 0, `${what}: everything has a name: ${JSON.stringify(nameless.map(({ role }) => role.value))}`);
  const faults = await page.evaluate(findFaults);
  check(faults.length === 0, `${what}: ${faults.join(", ")}`);
}

/** Runs in the page: ids that are not one's own, pictures without words, fields without labels, an order of Tab that is made up. */
function findFaults() {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const ids = all("[id]").map(({ id }) => id);
  const broken = (name) =>
    all(`[${name}]`).filter((node) =>
      node
        .getAttribute(name)
        .split(/\s+/)
        .some((id) => !document.getElementById(id)),
    );
  const faults = [
    ...ids.filter((id, place) => ids.indexOf(id) !== place).map((id) => `the id ${id} twice`),
    ...all("img:not([alt])").map((node) => `a picture without words: ${node.src}`),
    ...all("[tabindex]").filter((node) => node.tabIndex > 0),
    ...["for", "aria-labelledby", "aria-describedby", "aria-controls"].flatMap(broken),
    ...all("video:not([controls])"),
  ];
  const levels = all("main h1, main h2, main h3").length;
  return [...faults.map((fault) => fault.outerHTML ?? fault), ...(levels > 0 ? [] : ["no heading"])];
}

/** Whether every control of the page fits a phone; leaves a picture of it, and the window as wide as it was. */
export async function checkPhone(browser, page, name) {
  const before = page.viewportSize();
  await page.setViewportSize(PHONE);
  const wide = await page.evaluate(() =>
    [...document.querySelectorAll("main *, dialog *")]
      .filter((node) => node.checkVisibility() && node.getBoundingClientRect().right > innerWidth + 1)
      .map((node) => node.outerHTML.slice(0, 120)),
  );
  await browser.picture(page, name);
  check(wide.length === 0, `${name}: nothing is wider than the phone: ${wide.join("\n")}`);
  await page.setViewportSize(before);
}
