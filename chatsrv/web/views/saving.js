// Giving a file that was read here to whoever looks at the page.

import { h } from "../dom.js";

export function saveFile(blob, name) {
  const href = URL.createObjectURL(blob);
  h("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}
