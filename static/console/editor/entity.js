// The page of an entity: what kind it is decides what is asked, and a sample shows what it finds.

import { button, element, icon } from "./element.js";

const PARTS = { values: ["values"], pattern: ["pattern"], builtin: ["builtin"] };

export function enhanceEntity(form, page) {
  const radios = [...form.querySelectorAll('input[name="kind"]')];
  if (!radios.length) return;
  const show = () => {
    const kind = radios.find((radio) => radio.checked)?.value;
    for (const [each, names] of Object.entries(PARTS)) {
      for (const name of names)
        form.querySelector(`.field-${name}`)?.toggleAttribute("hidden", kind !== each);
    }
    form.querySelector(".field-example")?.toggleAttribute("hidden", !kind);
    form.querySelector(".editor-sample")?.toggleAttribute("hidden", !kind);
    page.live.ask();
  };
  for (const radio of radios) radio.addEventListener("change", show);
  addPatternMaker(form, page);
  addSample(form, page);
  show();
}

/** A pattern from an example: what stands there as letters and digits, as many of each. */
export function buildPattern(example) {
  const parts = example.trim().match(/[A-Z]+|[a-z]+|\d+|\s+|[^A-Za-z\d\s]/g) ?? [];
  const shapes = parts.map((part) => {
    const many = part.length > 1 ? `{${part.length}}` : "";
    if (/[A-Z]/.test(part)) return `[A-Z]${many}`;
    if (/[a-z]/.test(part)) return `[a-z]${many}`;
    if (/\d/.test(part)) return `\\d${many}`;
    if (/\s/.test(part)) return "\\s+";
    return `${/[A-Za-z0-9]/.test(part) ? part : `\\${part}`}${part === "-" ? "?" : ""}`.replace(
      "\\-",
      "-",
    );
  });
  const pattern = shapes.join("");
  return (
    pattern &&
    `(?i)${/^\w/.test(example.trim()) ? "\\b" : ""}${pattern}${/\w$/.test(example.trim()) ? "\\b" : ""}`
  );
}

function addPatternMaker(form, page) {
  const pattern = form.querySelector("#id_pattern");
  if (!pattern) return;
  const model = element("input", {
    type: "text",
    "aria-label": "One of them, to make a pattern from",
    placeholder: "AB-123456",
    autocomplete: "off",
    onkeydown: (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      make();
    },
  });
  const make = () => {
    if (!model.value.trim()) return model.focus();
    pattern.value = buildPattern(model.value);
    pattern.dispatchEvent(new Event("input", { bubbles: true }));
    const example = form.querySelector("#id_example");
    if (example && !example.value) example.value = model.value.trim();
    page.live.ask();
    pattern.focus();
  };
  pattern
    .closest(".relative")
    .append(
      element(
        "div",
        { class: "desk editor editor-maker" },
        element(
          "span",
          { class: "editor-caption", "aria-hidden": "true" },
          "No idea how? Type one of them:",
        ),
        model,
        button("auto_fix_high", "Make the pattern", make),
      ),
    );
}

function addSample(form, page) {
  const place = form.querySelector(".field-example");
  const shown = element(
    "p",
    { class: "editor-found", role: "status" },
    element("span", { class: "desk-muted" }, "What is found shows here while you type."),
  );
  const field = element("input", {
    type: "text",
    "aria-label": "Try a message",
    placeholder: "Hello, it is about AB-123456, thanks!",
    autocomplete: "off",
    oninput: () => {
      page.live.sample = field.value;
      page.live.ask();
    },
  });
  const panel = element(
    "section",
    { class: "desk editor editor-sample", "aria-label": "Try it" },
    element("h2", {}, icon("search"), "Try it"),
    field,
    shown,
  );
  place?.closest(".form-rows")?.after(panel);
  page.live.listen((result) => showFound(shown, field.value, result.found));
}

function showFound(shown, text, found) {
  if (!text) return;
  if (!found.length) {
    shown.replaceChildren(icon("search_off"), "Nothing is found in this message.");
    return;
  }
  const letters = [...text]; // the server counts characters, not halves of them
  const parts = [];
  let at = 0;
  for (const { start, end, value } of found) {
    if (start < at) continue;
    const written = letters.slice(start, end).join("");
    parts.push(letters.slice(at, start).join(""), element("mark", {}, written));
    if (String(value) !== written)
      parts.push(element("span", { class: "editor-means" }, ` → ${value}`));
    at = end;
  }
  shown.replaceChildren(
    element("span", { class: "desk-hidden" }, "Found: "),
    ...parts,
    letters.slice(at).join(""),
  );
}
