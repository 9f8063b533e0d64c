// A list of messages that keeps its place: at the bottom while one reads there, unmoved while one reads above.

import { h, icon, syncChildren } from "../dom.js";
import { timeline } from "../timeline.js";
import { texts } from "../texts.js";
import { lineItem } from "./message.js";
import { rove } from "./roving.js";

const NEAR_BOTTOM = 60;
const NEAR_TOP = 300;
const KEYS = { r: "reply", l: "vote", t: "thread", f: "report", e: "edit", Delete: "remove" };
const ONLY_MINE = new Set(["edit", "remove"]);

/**
 * `source()` gives what `timeline` takes; `act(name, line)` is called for buttons and keys on a message; `signed` opens files; `onTop`, where given, loads older
 * ones; `onBottom` is called when the newest are in view.
 */
export function logView({ store, room, label, source, act, signed, onTop, onBottom = () => {} }) {
  let lines = [];
  let isAtBottom = true;
  let isPlaced = false;
  const list = h("ol", { class: "messages", role: "log", "aria-live": "off", "aria-label": label });
  const older = onTop && h("button", { type: "button", class: "link older", onclick: onTop }, texts.older);
  const empty = h("p", { class: "empty", hidden: true }, texts.noMessages);
  const scroll = h("div", { class: "scroll log" }, older, empty, list);
  const toBottom = h(
    "button",
    { type: "button", class: "to-bottom", hidden: true, onclick: () => stickToBottom() },
    icon("down"),
    h("span", {}),
  );
  const node = h("div", { class: "log-frame" }, scroll, toBottom);
  const refreshRoving = rove(list, ".message", (all) => all.at(-1));

  scroll.addEventListener("scroll", () => {
    measure();
    if (isAtBottom) onBottom();
    loadNearTop();
    showToBottom();
  });
  list.addEventListener("keydown", (event) => pressed(event));
  const resized = new ResizeObserver(() => isAtBottom && stickToBottom());
  resized.observe(scroll);

  /** More history before the reader runs out of it; a list that does not fill its frame asks too. */
  function loadNearTop() {
    if (onTop && isPlaced && scroll.scrollTop < NEAR_TOP && !room().complete) onTop();
  }

  function measure() {
    isAtBottom = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR_BOTTOM;
  }

  function pressed(event) {
    const line = lines.find(({ key }) => key === event.target.closest(".message")?.dataset.key);
    const name = KEYS[event.key] ?? KEYS[event.key.toLowerCase()];
    if (!line?.id || line.deleted || !name || event.ctrlKey || event.metaKey || event.altKey) return;
    if (ONLY_MINE.has(name) && !line.mine) return;
    event.preventDefault();
    act(name, line);
  }

  function update() {
    lines = timeline(store, room(), source());
    const restore = isAtBottom ? stickToBottom : holdPlace();
    syncChildren(
      list,
      lines.map((line) => lineItem(line, act, signed)),
    );
    refreshRoving();
    empty.hidden = lines.length > 0 || !room().loaded;
    if (older) older.hidden = room().complete || !room().loaded;
    if (isPlaced) restore();
    else if (lines.length > 0) placeFirst();
    loadNearTop();
    showToBottom();
  }

  /** Where to begin: at what is new, or at the bottom. */
  function placeFirst() {
    isPlaced = true;
    const mark = list.querySelector(".new-mark");
    stickToBottom();
    if (mark && mark.offsetTop < scroll.scrollTop) scroll.scrollTop = mark.offsetTop - NEAR_BOTTOM;
  }

  function stickToBottom() {
    scroll.scrollTop = scroll.scrollHeight;
    isAtBottom = true;
  }

  /** Remember the first visible line; returns how to put it back where it is now. */
  function holdPlace() {
    const top = scroll.getBoundingClientRect().top;
    const anchor = [...list.children].find((node) => node.getBoundingClientRect().bottom > top);
    if (!anchor) return () => {};
    const { key } = anchor.dataset;
    const offset = anchor.getBoundingClientRect().top;
    return () => {
      const now = list.querySelector(`[data-key="${key}"]`);
      if (now) scroll.scrollTop += now.getBoundingClientRect().top - offset;
    };
  }

  function showToBottom() {
    const { unread } = room();
    toBottom.hidden = isAtBottom;
    toBottom.lastChild.textContent = unread > 0 ? texts.toNewest(unread) : "";
    toBottom.setAttribute("aria-label", texts.toNewest(unread));
  }

  const nodeOf = (id) => list.querySelector(`[data-id="${id}"]`);

  /** Bring a message into view and to the eye; says whether it is in the list. */
  function show(id) {
    const message = nodeOf(id);
    if (!message) return false;
    message.scrollIntoView({ block: "center" });
    measure();
    message.focus({ preventScroll: true });
    message.classList.remove("flash");
    requestAnimationFrame(() => message.classList.add("flash"));
    return true;
  }

  return {
    node,
    update,
    show,
    stickToBottom,
    lines: () => lines,
    isAtBottom: () => isAtBottom,
    close: () => resized.disconnect(),
  };
}
