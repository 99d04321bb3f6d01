// One value of the right type: a choice, a number, yes or no, or a text.

import { datalist, element, select } from "./element.js";

const TYPES = [
  ["text", "text"],
  ["number", "number"],
  ["flag", "yes or no"],
];

/**
 * @param {{value: any, kind: {type: string, values?: string[]}, label: string, key: string,
 *   change: (value: any) => void}} options
 */
export function typedValue({ value, kind, label, key, change }) {
  const type = typeOf(value);
  const fits = kind.type === type || (type === "text" && kind.type === "choice");
  if (kind.type === "open" || !fits) return buildOpen({ value, type, label, key, change });
  return kind.type === "choice"
    ? buildChoice({ value, values: kind.values ?? [], label, key, change })
    : buildField({ value, type, label, key, change });
}

export function typeOf(value) {
  if (typeof value === "boolean") return "flag";
  return typeof value === "number" ? "number" : "text";
}

/** A value of another type that says as much of the same as possible. */
export function convert(value, type) {
  if (type === "flag") return value === true || value === "true" || value === "yes";
  if (type === "number") return Number(value) || 0;
  return String(value);
}

function buildChoice({ value, values, label, key, change }) {
  const known = value === "" || values.includes(value) ? values : [value, ...values];
  const options = value === "" ? [["", "Choose …"], ...known] : known;
  const onchange = (event) => change(event.target.value);
  return select(options, { "aria-label": label, value, dataset: { key }, onchange });
}

function buildField({ value, type, label, key, change }) {
  if (type === "flag") {
    return select(
      [
        ["true", "yes"],
        ["false", "no"],
      ],
      {
        "aria-label": label,
        value: String(value),
        dataset: { key },
        onchange: (event) => change(event.target.value === "true"),
      },
    );
  }
  const isNumber = type === "number";
  return element("input", {
    type: isNumber ? "number" : "text",
    step: isNumber ? "any" : null,
    class: isNumber ? "editor-number" : "",
    "aria-label": label,
    value: String(value),
    autocomplete: "off",
    dataset: { key },
    oninput: (event) => change(isNumber ? Number(event.target.value) : event.target.value),
  });
}

/** Where nothing says which type belongs there, the editor chooses it. */
function buildOpen({ value, type, label, key, change }) {
  const turn = (event) => change(convert(value, event.target.value), true);
  return element(
    "span",
    { class: "editor-open" },
    select(TYPES, {
      "aria-label": `${label}: type`,
      value: type,
      dataset: { key: `${key}.type` },
      onchange: turn,
    }),
    buildField({ value, type, label, key, change }),
  );
}

/** A text field with suggestions. */
export function suggestedText({ value, words, label, key, hint = "", change }) {
  const list = datalist(words);
  const input = element("input", {
    type: "text",
    list: list.id,
    "aria-label": label,
    value,
    placeholder: hint,
    autocomplete: "off",
    dataset: { key },
    oninput: (event) => change(event.target.value),
  });
  return element("span", { class: "editor-suggested" }, input, list);
}
