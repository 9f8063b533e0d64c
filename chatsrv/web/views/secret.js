// A secret that the server tells once: it stands here until one leaves, and can be copied.

import { h } from "../dom.js";
import { texts } from "../texts.js";
import { act } from "./listing.js";
import { notify } from "./overlay.js";

export function secretOnce() {
  const value = h("code", { class: "secret" });
  const node = h(
    "div",
    { class: "secret-box", role: "status", hidden: true },
    h("p", {}, texts.shownOnce),
    value,
    act(texts.copy, copy, "link"),
  );

  function show(secret) {
    value.textContent = secret;
    node.hidden = !secret;
  }

  async function copy() {
    await navigator.clipboard.writeText(value.textContent).then(() => notify(texts.copied), select);
  }

  /** Where the clipboard is forbidden the secret is at least selected. */
  function select() {
    getSelection().selectAllChildren(value);
  }

  return { node, show };
}
