// The page to try messages on: asks the server while somebody types; the last answer wins.

import { renderMarkdown } from "../widget/markdown.js";
import { Facts } from "./facts.js";
import { Marks } from "./marks.js";
import { fetchHtml, loadSections } from "./load.js";

const PAUSE_MS = 120;

const root = document.querySelector("[data-try]");
const find = (selector) => root.querySelector(selector);
const page = JSON.parse(find("#try-page").textContent);
const field = find("#try-text");
const result = find("[data-result]");
const log = find("[data-log]");
const says = find("[data-says]");
const restart = find("[data-restart]");
const marks = new Marks(find("[data-marks]"), field);
const facts = new Facts(find("[data-facts]"), page.facts, ask);

let state = null; // where the little conversation stands
let last = null; // the answer that is shown
let asked = 0;
let timer = 0;

/** What is sent to be decided. */
function build(text = field.value) {
  const shown = find("input[name=shown]:checked")?.value ?? "draft";
  return { text, shown, facts: facts.read(), state };
}

async function decide(text) {
  const response = await fetch(root.dataset.decide, {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", "X-CSRFToken": readToken() },
    body: JSON.stringify(build(text)),
  });
  if (response.redirected || (!response.ok && response.status !== 422)) {
    throw new Error(`HTTP ${response.status}`);
  }
  return response.json();
}

function readToken() {
  return find("[name=csrfmiddlewaretoken]").value;
}

function ask() {
  marks.keep();
  clearTimeout(timer);
  timer = setTimeout(askNow, PAUSE_MS);
}

/** Asks at once; an answer that a newer question has overtaken is dropped. */
async function askNow() {
  clearTimeout(timer);
  const mine = (asked += 1);
  result.setAttribute("aria-busy", "true");
  try {
    const answer = await decide();
    if (mine === asked) show(answer);
  } catch (error) {
    console.warn("The message was not decided.", error);
    if (mine === asked) showProblem("The server did not answer. Are you still signed in?");
  }
  if (mine === asked) result.setAttribute("aria-busy", "false");
}

function show(answer) {
  facts.showProblem(answer.problem ?? "");
  if (answer.problem) return;
  last = answer;
  marks.show(answer.stretches);
  swap(answer.html);
  announce(answer);
}

/** New HTML in place of the old; what was folded open stays open. */
function swap(html) {
  const folds = new Map(
    [...result.querySelectorAll("details[data-key]")].map((each) => [each.dataset.key, each.open]),
  );
  result.innerHTML = html;
  for (const each of result.querySelectorAll("[data-markdown]")) {
    each.replaceChildren(renderMarkdown(each.textContent));
  }
  for (const each of result.querySelectorAll("details[data-key]:not(.try-rule-won)")) {
    each.open = folds.get(each.dataset.key) ?? each.open;
  }
}

function announce(answer) {
  const heading = result.querySelector("#try-verdict")?.textContent.replace(/\s+/g, " ").trim();
  const text = field.value.trim() ? (heading ?? "") : "";
  // Icons are words to a program: their names are not for reading aloud.
  says.textContent = text && (answer.rule ? `The rule ${answer.rule} decides.` : "No rule answers.");
}

function showProblem(text) {
  facts.showProblem(text);
}

function buildLine(kind, node) {
  const line = document.createElement("li");
  line.className = `try-line try-line-${kind}`;
  const who = document.createElement("span");
  who.className = "desk-hidden";
  who.textContent = kind === "visitor" ? "Visitor: " : "Bot: ";
  line.append(who, node);
  return line;
}

function buildBubble(node, kind) {
  const bubble = document.createElement("div");
  bubble.className = `desk-words try-bubble-${kind}`;
  bubble.append(node);
  return bubble;
}

/** The message becomes a part of the conversation, and the next one can be tried. */
async function send(text) {
  if (!text.trim()) return;
  clearTimeout(timer);
  asked += 1;
  const answer = await decide(text);
  if (answer.problem) {
    facts.showProblem(answer.problem);
    return;
  }
  log.hidden = restart.hidden = false;
  log.append(buildLine("visitor", buildBubble(text, "visitor")));
  log.append(buildLine("bot", buildAnswer(answer)));
  log.scrollTop = log.scrollHeight;
  state = answer.state ?? null;
  if (state) facts.forget(["turn", "last_rule", "last_rule_run", "last_answer"]);
  field.value = "";
  field.focus();
  find("[data-suggestions]")?.remove();
  await askNow();
}

function buildAnswer(answer) {
  const whole = document.createDocumentFragment();
  if (answer.reply) whole.append(buildBubble(renderMarkdown(answer.reply), "bot"));
  for (const option of answer.options ?? []) whole.append(buildChip(option));
  for (const [, text] of answer.outcomes ?? []) {
    const note = document.createElement("p");
    note.className = "try-note";
    note.textContent = text;
    whole.append(note);
  }
  const why = document.createElement("p");
  why.className = "try-note try-note-rule";
  why.textContent = answer.rule ?? "no rule";
  whole.append(why);
  return whole;
}

function buildChip(option) {
  const chip = document.createElement("button");
  chip.type = "button";
  chip.className = "console-chip";
  chip.dataset.say = option;
  chip.textContent = option;
  return chip;
}

function startOver() {
  state = null;
  log.replaceChildren();
  log.hidden = restart.hidden = true;
  facts.reset();
  field.focus();
  askNow();
}

function put(text) {
  field.value = text;
  marks.keep();
  field.focus();
  askNow();
}

async function keep() {
  const place = result.querySelector("[data-kept]");
  const piece = result.querySelector("[data-piece]").value;
  try {
    place.innerHTML = await fetchHtml(root.dataset.example, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": readToken() },
      body: JSON.stringify({ ...build(), piece }),
    });
  } catch (error) {
    console.warn("The example was not kept.", error);
    place.textContent = "It was not kept. Load the page again.";
  }
}

field.addEventListener("input", ask);
field.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    send(field.value);
  }
});
find("[data-composer]").addEventListener("submit", (event) => {
  event.preventDefault();
  send(field.value);
});
for (const choice of root.querySelectorAll("input[name=shown]")) {
  choice.addEventListener("change", askNow);
}
restart.addEventListener("click", startOver);
root.addEventListener("click", (event) => {
  const target = event.target.closest("button");
  if (!target) return;
  const { addWords, setFact, suggest, say } = target.dataset;
  if (suggest !== undefined) put(suggest);
  if (say !== undefined) send(say);
  if (addWords !== undefined) put(`${field.value.trimEnd()} ${addWords}`.trimStart());
  if (setFact !== undefined) {
    facts.set(setFact, target.dataset.value);
    askNow();
  }
  if (target.matches("[data-keep]")) keep();
  if (target.matches("[data-add-fact]")) facts.add();
});

async function begin() {
  if (page.before) await send(page.before);
  field.value = page.text;
  if (page.text) {
    marks.keep();
    await askNow();
  }
  field.focus();
}

begin();
loadSections();
