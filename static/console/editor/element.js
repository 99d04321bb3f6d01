// Elements of the page, made in one expression each.

let count = 0;

/**
 * @param {string} tag
 * @param {Record<string, any>} attributes `on…` listens, `dataset` is copied, null and false leave out
 * @param {...(Node | string | null)} children
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "value") made.value = value;
    else if (name === "dataset") Object.assign(made.dataset, value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== null && value !== undefined && value !== false)
      made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  // A select can only take its value once it has its options.
  if (tag === "select" && "value" in attributes) made.value = attributes.value;
  return made;
}

export function icon(name) {
  return element("span", { class: "material-symbols-outlined", "aria-hidden": "true" }, name);
}

/** A small button that shows an icon only; `label` is what it does. */
export function tool(name, label, onclick, more = {}) {
  const attributes = { type: "button", class: "editor-tool", "aria-label": label, title: label };
  return element("button", { ...attributes, onclick, ...more }, icon(name));
}

export function button(name, label, onclick, more = {}) {
  return element(
    "button",
    { type: "button", class: "editor-button", onclick, ...more },
    icon(name),
    label,
  );
}

/** `options` are texts, or `[value, text]`, or `{label, options}` for a group. */
export function select(options, attributes) {
  return element("select", attributes, ...options.map(buildOption));
}

function buildOption(option) {
  if (typeof option === "string") return element("option", { value: option }, option);
  if (Array.isArray(option)) return element("option", { value: option[0] }, option[1]);
  return element("optgroup", { label: option.label }, ...option.options.map(buildOption));
}

export function buildId(stem) {
  count += 1;
  return `editor-${stem}-${count}`;
}

/** A list of suggestions for a text field; the field names it in `list`. */
export function datalist(words) {
  const id = buildId("words");
  const options = words.map((word) => element("option", { value: word }));
  return element("datalist", { id }, ...options);
}

/** Says something once to whoever cannot see it happen. */
export function announce(text) {
  const live = document.querySelector("#editor-live");
  if (!live) return;
  live.textContent = "";
  setTimeout(() => (live.textContent = text), 50);
}
