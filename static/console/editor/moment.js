// When a rule begins or ends: a day from the calendar, and a time if it matters.

import { element } from "./element.js";

const SHOWN = /^(\d{4}-\d\d-\d\d)?(?:T(\d\d:\d\d)(?::00)?)?$/;

/** @param {HTMLInputElement} field stays as it is where it holds what a calendar cannot */
export function enhanceMoment(field, page) {
  const found = SHOWN.exec(field.value.trim());
  if (!found) {
    field.addEventListener("input", () => page.live.ask());
    return;
  }
  const label = document.querySelector(`label[for="${field.id}"]`)?.textContent.trim() ?? "";
  const day = element("input", {
    type: "date",
    value: found[1] ?? "",
    "aria-label": `${label}, day`,
    oninput: write,
  });
  const time = element("input", {
    type: "time",
    value: found[2] ?? "",
    "aria-label": `${label}, time (optional)`,
    oninput: write,
  });
  const said = element("p", { class: "editor-row-said", role: "status", hidden: true });

  function write() {
    field.value = day.value && time.value ? `${day.value}T${time.value}` : day.value;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    page.live.ask();
  }

  page.live.listen((result) => {
    const mark = result.problems.find((each) => each.field === field.name);
    said.textContent = mark?.message ?? "";
    said.hidden = !mark;
  });
  field.type = "hidden";
  field.closest(".max-w-2xl")?.classList.add("editor-moment-field");
  field.after(element("div", { class: "desk editor editor-moment" }, day, time, said));
}
