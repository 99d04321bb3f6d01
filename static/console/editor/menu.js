// A button that opens a short list of choices.

import { buildId, element, icon } from "./element.js";

/** `groups`: `[{label, options: [[value, text], …]}, …]`; `choose` gets the value. */
export function menu({ name, label, groups, choose }) {
  const id = buildId("menu");
  const list = element("div", {
    class: "editor-menu",
    id,
    role: "group",
    "aria-label": label,
    hidden: true,
  });
  const opener = element(
    "button",
    {
      type: "button",
      class: "editor-button",
      "aria-expanded": "false",
      "aria-controls": id,
      onclick: () => toggle(list.hidden),
    },
    icon(name),
    label,
  );
  for (const group of groups) {
    if (!group.options.length) continue;
    list.append(element("p", { class: "editor-menu-label" }, group.label));
    for (const [value, text] of group.options) {
      list.append(element("button", { type: "button", onclick: () => pick(value) }, text));
    }
  }
  const root = element(
    "span",
    { class: "editor-menu-root", onkeydown: press, onfocusout: leave },
    opener,
    list,
  );

  function toggle(isOpen) {
    list.hidden = !isOpen;
    opener.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) return;
    list.querySelector("button")?.focus();
    list.scrollIntoView({ block: "nearest" }); // out from under the bar with the buttons
  }

  function pick(value) {
    toggle(false);
    choose(value);
  }

  function press(event) {
    if (list.hidden) return;
    const choices = [...list.querySelectorAll("button")];
    const at = choices.indexOf(document.activeElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: choices.length - 1 }[
      event.key
    ];
    if (event.key === "Escape") {
      event.stopPropagation();
      toggle(false);
      opener.focus();
    } else if (next !== undefined) {
      event.preventDefault();
      choices.at(next % choices.length)?.focus();
    }
  }

  function leave(event) {
    if (!root.contains(event.relatedTarget)) toggle(false);
  }

  return root;
}
