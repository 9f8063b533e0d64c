// What lies above the page: dialogs, questions and passing notices.

import { h, iconButton } from "../dom.js";
import { texts } from "../texts.js";

const NOTICE_LASTS = 6_000;

/** Show a dialog; `fill(close)` returns its content. Esc and a click outside close it. Returns a promise of its end. */
export function openDialog(title, fill) {
  return new Promise((resolve) => {
    const node = h("dialog", { class: "dialog", "aria-label": title });
    const close = () => node.close();
    node.append(
      h("header", {}, h("h2", {}, title), iconButton("close", texts.close, close)),
      h("div", { class: "dialog-content" }, fill(close)),
    );
    node.addEventListener("click", (event) => event.target === node && close());
    node.addEventListener("close", () => {
      node.remove();
      resolve();
    });
    document.body.append(node);
    node.showModal();
    (node.querySelector("input, textarea") ?? node.querySelector(".primary"))?.focus();
  });
}

/** Ask a yes or no question; answers whether it was confirmed. */
export async function confirm(question, yes) {
  let isConfirmed = false;
  await openDialog(yes, (close) => [
    h("p", {}, question),
    h(
      "div",
      { class: "form-buttons" },
      h("button", { type: "button", onclick: close }, texts.cancel),
      h("button", { type: "button", class: "primary danger", onclick: () => ((isConfirmed = true), close()) }, yes),
    ),
  ]);
  return isConfirmed;
}

/** Say something that goes away by itself. */
export function notify(sentence) {
  const node = h("div", { class: "toast", role: "alert" }, sentence);
  document.getElementById("toasts").append(node);
  setTimeout(() => node.remove(), NOTICE_LASTS);
}

/** Say something to those who listen to the page. */
export function announce(sentence) {
  document.getElementById("announcer").textContent = sentence;
}
