// Makes friendly editors of the text areas of a piece's form. Without this the texts work as well.

import { Actions } from "./actions.js";
import { dropServerErrors } from "./area.js";
import { Chips } from "./chips.js";
import { Condition } from "./condition.js";
import { announce } from "./element.js";
import { enhanceEntity } from "./entity.js";
import { Examples } from "./examples.js";
import { Lines } from "./lines.js";
import { Live } from "./live.js";
import { enhanceMoment } from "./moment.js";
import { Typos } from "./typos.js";
import { Values } from "./values.js";

const KINDS = {
  phrases: Lines,
  "examples-of": Lines,
  lines: Lines,
  typos: Typos,
  chips: Chips,
  facts: Chips,
  values: Values,
  condition: Condition,
  actions: Actions,
  examples: Examples,
};

function begin(root) {
  const form = root.closest("form");
  const page = {
    live: new Live(form, root.dataset.check),
    words: JSON.parse(document.querySelector("#editor-words").textContent),
    original: root.dataset.original,
    isRefused: root.dataset.refused === "1", // what is unfinished is wrong now
  };
  const areas = [...form.querySelectorAll("textarea[data-editor]")];
  const editors = areas.map((area) => new KINDS[area.dataset.editor](area, page));
  for (const editor of editors) editor.start?.();
  for (const field of form.querySelectorAll('input[data-editor="moment"]'))
    enhanceMoment(field, page);
  if (root.dataset.kind === "entity") enhanceEntity(form, page);
  for (const name of ["name", "builtin", "pattern", "example", "url", "priority"]) {
    const field = form.querySelector(`#id_${name}`);
    if (field) showProblems(field, page.live);
  }
  // The name is in what the examples say.
  form.querySelector("#id_name")?.addEventListener("change", () => {
    const examples = editors.find((editor) => editor instanceof Examples);
    if (examples && !examples.isTextOnly && examples.examples.length) examples.changed();
  });
  form.querySelector("select[name=rulebook]")?.addEventListener("change", (event) => {
    learn(page, editors, `${root.dataset.words}?rulebook=${event.target.value}`);
  });
  // Enter ends a word here, and does not send the whole form.
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches(".editor input")) event.preventDefault();
  });
  countProblems(page.live);
  form.classList.add("editor-ready");
  if (page.isRefused) goToProblem(form, page.live);
  page.live.ask();
}

/** Another rulebook has other words. */
async function learn(page, editors, url) {
  const answer = await fetch(url);
  if (!answer.ok) return;
  page.words = { ...page.words, ...(await answer.json()) };
  for (const editor of editors) editor.draw?.();
  page.live.ask();
}

/** What is wrong with a plain field stands under it. */
function showProblems(field, live) {
  const said = document.createElement("p");
  said.className = "editor-field-said";
  said.id = `${field.id}_said`;
  said.hidden = true;
  (field.closest(".max-w-2xl") ?? field).after(said);
  field.addEventListener("input", () => {
    dropServerErrors(field);
    live.ask();
  });
  live.listen((result) => {
    const marks = [...result.problems, ...result.outcomes];
    const isSaid = field.closest(".field-line")?.querySelector(".text-red-600 ul");
    const isShown = field.value && !isSaid;
    const mark = isShown ? marks.find((each) => each.field === field.name) : null;
    said.textContent = mark?.message ?? "";
    said.hidden = !mark;
    field.toggleAttribute("aria-invalid", Boolean(mark));
    if (mark) field.setAttribute("aria-invalid", "true");
    if (mark) field.setAttribute("aria-describedby", said.id);
  });
}

const WRONG = [
  '[aria-invalid="true"]',
  ".errors :is(input, select, textarea, .editor-body button):not([type=hidden])",
].join();

/** The form came back: whoever sent it goes on at the first thing that is wrong. */
function goToProblem(form, live) {
  let isFirst = true;
  live.listen(() => {
    if (!isFirst) return;
    isFirst = false;
    const conflict = document.querySelector(".editor-conflict h2");
    const wrong =
      conflict ?? [...form.querySelectorAll(WRONG)].find((each) => each.checkVisibility());
    conflict?.setAttribute("tabindex", "-1");
    wrong?.focus({ preventScroll: true });
    wrong?.scrollIntoView({ block: "center" });
  });
}

/** How many problems there are is said aloud when it changes. */
function countProblems(live) {
  let before = 0;
  live.listen((result) => {
    const count = result.problems.length + result.outcomes.length;
    if (count === before) return;
    announce(count ? `${count} thing${count > 1 ? "s" : ""} to correct.` : "Everything is right.");
    before = count;
  });
}

const root = document.querySelector("#editor");
if (root) begin(root);
