// Where one writes: a new message, an answer, or the change of an old message.

import { h, iconButton } from "../dom.js";
import { displayName, gist, snippet } from "../format.js";
import { texts } from "../texts.js";
import { fileButton, pileView, takePasted } from "./pile.js";

const LONGEST = 4000;
const WARN_BELOW = 300;
const TALLEST = 220;

/**
 * `place` names the draft; `room()` gives the room; `parentId` is what every message here answers, unless a reply is begun. `onSent` is called
 * after a message was handed over, `onUp` on the arrow up in an empty field.
 */
export function composerView(app, { place, room, label, parentId = 0, onSent = () => {}, onUp = () => {} }) {
  let mode = { kind: "new", parentId };
  const what = h(
    "div",
    { class: "composer-what", hidden: true },
    h("div", { class: "composer-what-text" }),
    iconButton("close", texts.cancel, cancel),
  );
  const field = h("textarea", { class: "composer-field", rows: 1, dir: "auto", enterkeyhint: "send" });
  const button = iconButton("send", texts.send, submit, { class: "icon-button send", type: "submit" });
  const pile = app.piles.of(place);
  const files = pileView(pile);
  const chooser = fileButton(take);
  const left = h("span", { class: "composer-left", "aria-live": "polite" });
  const error = h("p", { class: "composer-error", role: "alert", hidden: true });
  const node = h(
    "form",
    { class: "composer", "aria-label": label },
    what,
    error,
    files.node,
    h("div", { class: "composer-row" }, field, left, chooser.button, chooser.input, button),
  );

  node.addEventListener("submit", (event) => event.preventDefault());
  field.addEventListener("input", changed);
  field.addEventListener("keydown", pressed);
  takePasted(field, take);
  pile.onChange = showFiles;

  function pressed(event) {
    const isPlain = !event.shiftKey && !event.altKey && !event.ctrlKey && !event.metaKey && !event.isComposing;
    if (event.key === "Enter" && isPlain) {
      event.preventDefault();
      submit();
    } else if (event.key === "ArrowUp" && isPlain && field.value === "" && mode.kind === "new") {
      event.preventDefault();
      onUp();
    } else if (event.key === "Escape" && !isPlainNew()) {
      event.stopPropagation();
      cancel();
    }
  }

  const isPlainNew = () => mode.kind === "new" && mode.parentId === parentId;

  function changed() {
    if (mode.kind === "new") {
      app.drafts.set(place, field.value, mode.parentId === parentId ? 0 : mode.parentId);
      if (field.value) app.actions.typing(room().stream);
    }
    fit();
  }

  /** Let the field be as tall as its text, and tell how much of the allowed length is left. */
  function fit() {
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight, TALLEST)}px`;
    const rest = LONGEST - [...field.value].length;
    left.textContent = rest < WARN_BELOW ? texts.charactersLeft(rest) : "";
    left.classList.toggle("over", rest < 0);
    button.disabled = rest < 0 || !isReady();
  }

  /** A message needs a text or a file, and waits for its files; the change of one leaves the files alone. */
  function isReady() {
    const hasText = field.value.trim() !== "";
    if (mode.kind === "edit") return hasText || room()?.messages.get(mode.id)?.attachments.length > 0;
    return !pile.isBusy && (hasText || pile.kept.length > 0);
  }

  function take(chosen) {
    if (mode.kind === "edit") cancel();
    pile.add(chosen);
    field.focus();
  }

  function showFiles() {
    files.update();
    files.node.hidden ||= mode.kind === "edit";
    fit();
  }

  async function submit() {
    const text = field.value.trim();
    if (button.disabled) return;
    const { kind, id, parentId: answered } = mode;
    error.hidden = true;
    if (kind === "new") {
      app.actions.send(room().stream, text, answered, pile.take());
      app.drafts.set(place, "");
      begin({ kind: "new", parentId }, "");
      onSent();
    } else if (await changeMessage(id, text)) cancel();
  }

  async function changeMessage(id, text) {
    try {
      await app.actions.edit(room().stream, id, text);
      return true;
    } catch (refusal) {
      error.textContent = refusal.message;
      error.hidden = false;
      return false;
    }
  }

  function cancel() {
    const draft = mode.kind === "edit" ? app.drafts.textOf(place) : field.value;
    begin({ kind: "new", parentId }, draft);
    changed();
    field.focus();
  }

  function begin(next, text) {
    mode = next;
    field.value = text;
    error.hidden = true;
    showMode();
    showFiles();
  }

  function showMode() {
    const message = room()?.messages.get(mode.id ?? mode.parentId);
    what.hidden = isPlainNew();
    const title =
      mode.kind === "edit" ? texts.editing : message && texts.replyingTo(displayName(app.store.authorOf(message)));
    what.firstChild.replaceChildren(
      h("strong", {}, title ?? texts.reply),
      h("span", { dir: "auto" }, message ? snippet(gist(message)) : ""),
    );
  }

  function reply(id) {
    begin({ kind: "new", parentId: id }, mode.kind === "edit" ? app.drafts.textOf(place) : field.value);
    changed();
    field.focus();
  }

  function edit(id) {
    begin({ kind: "edit", id }, room().messages.get(id).text);
    field.focus();
  }

  /** Say what is written here, and to whom. */
  function name(label) {
    field.placeholder = label;
    field.setAttribute("aria-label", label);
  }

  name(label);
  const draft = app.drafts.get(place);
  // The field must be in the page before it can be measured.
  queueMicrotask(() => begin({ kind: "new", parentId: draft?.parentId || parentId }, draft?.text ?? ""));
  return { node, reply, edit, name, take, focus: () => field.focus() };
}
