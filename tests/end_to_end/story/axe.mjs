// What axe-core says of a page, in every look that a page can have.

import { readFileSync } from "node:fs";
import path from "node:path";

import { check, modules } from "./windows.mjs";

const AXE = readFileSync(path.join(modules, "axe-core", "axe.min.js"), "utf8");
const WIDE = { width: 1280, height: 800 };
const LOOKS = [
  ["light", WIDE],
  ["dark", WIDE],
  ["light", { width: 390, height: 844 }],
];

/** Every violation that axe finds in the page as it is, a line each. */
async function violations(page) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { violations: found } = await window.axe.run(document, { resultTypes: ["violations"] });
    return found.flatMap(({ id, help, nodes }) =>
      nodes.map(({ html, any }) => `${id}: ${help}: ${html.slice(0, 160)} ${any.map(({ message }) => message).join(" ")}`),
    );
  });
}

/** The faults of a page in light, in the dark, and on a phone; each begins with `what`. */
export async function faultsOf(page, what) {
  const faults = [];
  for (const [colorScheme, size] of LOOKS) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme });
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    faults.push(...(await violations(page)).map((fault) => `${what}, ${colorScheme}, ${size.width} wide: ${fault}`));
  }
  await page.setViewportSize(WIDE);
  return faults;
}

export const checkNone = (faults) => check(faults.length === 0, `nothing is in the way:\n${[...new Set(faults)].join("\n")}`);

/** Wait until the page has what it asked the server for. */
export function settled(page) {
  const open = new Set();
  page.on("request", (request) => isAsked(request) && open.add(request));
  for (const end of ["requestfinished", "requestfailed"]) page.on(end, (request) => open.delete(request));
  return async () => {
    do await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    while (open.size > 0);
  };
}

const isAsked = (request) => request.resourceType() === "fetch" && !request.url().includes("/socket.io/");
