// The files that shall go with a message, and the ways to choose them.

import { h, icon, iconButton, syncChildren } from "../dom.js";
import { fileSize } from "../format.js";
import { texts } from "../texts.js";

/** The list of a pile. */
export function pileView(pile) {
  const node = h("ul", { class: "pile", "aria-label": texts.files });

  function update() {
    syncChildren(
      node,
      pile.items.map((item) => ({ key: item.key, version: item.state, build: () => pileItem(pile, item) })),
    );
    // Not built anew for each byte: a click begins and ends on the same button.
    for (const { key, share } of pile.items) {
      const bar = node.querySelector(`[data-key="${key}"] progress`);
      if (bar) bar.value = share;
    }
    node.hidden = pile.items.length === 0;
  }

  return { node, update };
}

function pileItem(pile, { key, name, size, state, error }) {
  const isOver = state === "kept" || state === "refused";
  return h(
    "li",
    { class: `pile-item ${state}` },
    icon(state === "refused" ? "alert" : "attach"),
    h("span", { class: "file-name", dir: "auto" }, name),
    h("span", { class: "hint" }, fileSize(size)),
    !isOver && h("progress", { max: 1, "aria-label": texts.uploading(name) }),
    error && h("span", { class: "pile-error", role: "alert" }, error),
    state === "refused" &&
      h("button", { type: "button", class: "link", onclick: () => pile.retry(key) }, texts.retry),
    iconButton("close", isOver ? texts.removeFile(name) : texts.cancelUpload(name), () => pile.remove(key), {
      "data-action": "remove",
    }),
  );
}

/** A button that lets one choose files; `onFiles(files)` gets them. */
export function fileButton(onFiles) {
  const input = h("input", { type: "file", multiple: true, hidden: true, "aria-label": texts.attach });
  input.addEventListener("change", () => {
    onFiles([...input.files]);
    input.value = "";
  });
  return { input, button: iconButton("attach", texts.attach, () => input.click()) };
}

/** Take files that are pasted into `field`; a text is pasted as ever. */
export function takePasted(field, onFiles) {
  field.addEventListener("paste", (event) => {
    const files = [...event.clipboardData.files];
    if (files.length === 0) return;
    event.preventDefault();
    onFiles(files);
  });
}

/** Take files that are dropped anywhere on `node`. */
export function takeDropped(node, onFiles) {
  const isOfFiles = (event) => event.dataTransfer?.types.includes("Files");
  const mark = (isOver) => node.classList.toggle("drop-target", isOver);
  node.addEventListener("dragover", (event) => {
    if (!isOfFiles(event)) return;
    event.preventDefault();
    mark(true);
  });
  node.addEventListener("dragleave", (event) => node.contains(event.relatedTarget) || mark(false));
  node.addEventListener("drop", (event) => {
    mark(false);
    if (!isOfFiles(event)) return;
    event.preventDefault();
    onFiles([...event.dataTransfer.files]);
  });
}
