// A form whose errors stand beside their fields, as the server's form shape names them.

import { h } from "../dom.js";
import { Refusal } from "../errors.js";
import { texts } from "../texts.js";

let lastNumber = 0;

/**
 * A form of `fields`, each {name, label, type?, value?, hint?, optional?, omitEmpty?, autocomplete?, options?}; type "textarea" has many
 * lines (`rows`), "select" has options [value, label], the value of "checkbox" is a boolean, of "file" the file or null.
 * `onSubmit(values)` may throw a Refusal; `onCancel`, where given, adds a button; `danger` marks what can not be undone.
 */
export function form({ fields, submit, onSubmit, onCancel, label, danger = false }) {
  const rows = fields.map(makeRow);
  const alert = h("p", { class: "form-alert", role: "alert", hidden: true });
  const button = h("button", { class: danger ? "primary danger" : "primary", type: "submit" }, submit);
  const cancel = onCancel && h("button", { type: "button", onclick: onCancel }, texts.cancel);
  const node = h(
    "form",
    { novalidate: true, "aria-label": label, class: "form" },
    rows.map((row) => row.node),
    alert,
    h("div", { class: "form-buttons" }, cancel, button),
  );
  node.addEventListener("submit", async (event) => {
    event.preventDefault();
    showErrors(rows, alert, { global: [], fields: {} });
    button.disabled = true;
    try {
      await onSubmit(valuesOf(rows));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      showErrors(rows, alert, error);
    } finally {
      button.disabled = false;
    }
  });
  return node;
}

function makeRow(field) {
  const id = `field${(lastNumber += 1)}`;
  const { name, label, type = "text", value = "", hint, optional, autocomplete } = field;
  const common = { id, name, value, autocomplete: autocomplete ?? "off", "aria-describedby": `${id}-error ${id}-hint` };
  const input = makeInput(field, type, common);
  // What the form goes back to when it is reset.
  if (input.matches("input:not([type=file])")) input.defaultValue = input.value;
  const error = h("span", { class: "field-error", id: `${id}-error`, "data-error-of": name });
  const node = h(
    "div",
    { class: "field" },
    h("label", { for: id }, label, optional && h("span", { class: "optional" }, ` ${texts.optional}`)),
    input,
    error,
    h("span", { class: "hint", id: `${id}-hint` }, hint ?? ""),
  );
  return { field, input, error, node };
}

function makeInput({ options, value, accept, rows = 4 }, type, common) {
  if (type === "file") return h("input", { ...common, value: null, type, accept });
  if (type === "textarea") return h("textarea", { ...common, rows });
  if (type === "checkbox") return h("input", { ...common, type, value: "on", checked: value === true });
  if (type !== "select") return h("input", { ...common, type, ...WORDING[type] });
  const choices = options.map(([choice, label]) => h("option", { value: choice, selected: choice === value }, label));
  return h("select", common, choices);
}

const PLAIN = { autocapitalize: "none", spellcheck: "false" };
const WORDING = { email: PLAIN, password: PLAIN, nickname: { ...PLAIN, type: "text" } };

const READ = { checkbox: (input) => input.checked, file: (input) => input.files[0] ?? null };
const valueOf = (input) => (READ[input.type] ?? (({ value }) => value))(input);

function valuesOf(rows) {
  const given = rows.filter(({ field, input }) => input.value !== "" || !field.omitEmpty);
  return Object.fromEntries(given.map(({ field, input }) => [field.name, valueOf(input)]));
}

function showErrors(rows, alert, { global, fields }) {
  const named = new Set(rows.map((row) => row.field.name));
  const others = Object.entries(fields)
    .filter(([name]) => !named.has(name))
    .flatMap(([name, errors]) => errors.map((error) => `${name}: ${error}`));
  for (const { field, input, error } of rows) {
    error.textContent = (fields[field.name] ?? []).join(". ");
    input.setAttribute("aria-invalid", String(field.name in fields));
  }
  alert.textContent = [...global, ...others].join(". ");
  alert.hidden = alert.textContent === "";
  rows.find((row) => row.field.name in fields)?.input.focus();
}
