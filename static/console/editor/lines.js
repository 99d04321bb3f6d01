// Phrases and example messages: one a row, each with what the server makes of it.

import { Area } from "./area.js";
import { announce, buildId, element, icon, tool } from "./element.js";

const MOST = 300; // rows; a longer list is edited as text

const SHAPES = [
  ["(…|…)", "One of these words", "(", "|)"],
  ["[…]", "A word that may be there", "[", "]"],
  ["*", "Up to four other words", " * ", ""],
];

export class Lines extends Area {
  constructor(area, page) {
    super(area, page);
    this.isMessages = area.dataset.editor === "examples-of";
    this.noun = this.isMessages ? "Message" : "Phrase";
    this.list = element("ol", { class: "editor-lines" });
    if (!this.isMessages) this.body.append(this.#buildShapes());
    this.body.append(this.list);
    this.#read();
    this.onText(() => this.#read());
    page.live.listen(() => this.#mark());
  }

  get rows() {
    return [...this.list.children];
  }

  #read() {
    const lines = this.value.split("\n").filter((line) => line.trim());
    this.isLong = lines.length > MOST;
    this.list.hidden = this.isLong;
    if (this.isLong) this.text.open = true;
    this.list.replaceChildren(...(this.isLong ? [] : lines.map((line) => this.#buildRow(line))));
    this.#addEmpty();
  }

  #write() {
    const lines = this.rows.map((row) => row.field.value.trim()).filter(Boolean);
    this.write(lines.join("\n"));
  }

  #buildRow(text) {
    const said = element("p", { class: "editor-row-said", id: buildId("said"), hidden: true });
    const field = element("textarea", {
      class: this.isMessages ? "" : "desk-code",
      rows: 1,
      value: text,
      placeholder: this.isMessages
        ? "Add a message"
        : "Add a phrase, like: where is my (order|parcel)",
      spellcheck: this.isMessages,
      "aria-describedby": said.id,
      oninput: () => this.#typed(row),
      onkeydown: (event) => this.#press(event, row),
      onfocus: () => (this.last = field),
    });
    const state = element("span", { class: "editor-state", "aria-hidden": "true" });
    const remove = tool("close", "Remove", () => this.#remove(row));
    const row = element("li", {}, state, field, remove, said);
    Object.assign(row, { field, said, state, removeTool: remove });
    return row;
  }

  #addEmpty() {
    if (!this.isLong && (!this.rows.length || this.rows.at(-1).field.value)) {
      this.list.append(this.#buildRow(""));
    }
    this.#number();
  }

  #number() {
    this.rows.forEach((row, at) => {
      const isEmpty = !row.field.value;
      row.field.setAttribute("aria-label", `${this.noun} ${at + 1}`);
      row.removeTool.setAttribute("aria-label", `Remove ${this.noun.toLowerCase()} ${at + 1}`);
      row.classList.toggle("editor-empty", isEmpty && at === this.rows.length - 1);
    });
  }

  #typed(row) {
    if (row.field.value.includes("\n")) this.#split(row);
    row.state.replaceChildren();
    this.#addEmpty();
    this.#write();
  }

  /** Several lines were pasted: each becomes a row. */
  #split(row) {
    const lines = row.field.value.split("\n").map((line) => line.trim());
    const [first, ...rest] = lines.filter(Boolean);
    row.field.value = first ?? "";
    const made = rest.map((line) => this.#buildRow(line));
    row.after(...made);
    made.at(-1)?.field.focus();
  }

  #press(event, row) {
    const { key } = event;
    if (key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      const next = row.nextElementSibling;
      if (row.field.value && next?.field.value) row.after(this.#buildRow(""));
      row.nextElementSibling?.field.focus();
      this.#number();
    } else if (key === "Backspace" && !row.field.value && row.previousElementSibling) {
      event.preventDefault();
      this.#remove(row);
    } else if (key === "ArrowDown" || key === "ArrowUp") {
      const other = key === "ArrowDown" ? row.nextElementSibling : row.previousElementSibling;
      if (other && isAtEdge(row.field, key)) {
        event.preventDefault();
        other.field.focus();
      }
    }
  }

  #remove(row) {
    const near = row.previousElementSibling ?? row.nextElementSibling;
    if (row.field.value) announce(`Removed: ${row.field.value}`);
    row.remove();
    this.#addEmpty();
    (near ?? this.rows[0]).field.focus();
    this.#write();
  }

  /** Ticks and complaints; the server counts only rows that say something. */
  #mark() {
    const { live } = this.page;
    if (live.result.sent[this.field] !== this.value) return; // a newer answer is on its way
    const problems = new Map(live.find("problems", this.field).map((mark) => [mark.at, mark]));
    const outcomes = new Map(live.find("outcomes", this.field).map((mark) => [mark.at, mark]));
    const rows = this.rows.filter((row) => row.field.value.trim());
    rows.forEach((row, at) => {
      const place = `[${at}]`;
      const mark = problems.get(place) ?? outcomes.get(place);
      const isTried = this.isMessages ? live.result.is_tried : true;
      this.#show(row, mark, isTried);
      problems.delete(place);
      outcomes.delete(place);
    });
    for (const row of this.rows.filter((each) => !each.field.value.trim()))
      this.#show(row, null, false);
    this.say([...problems.values()]);
  }

  #show(row, mark, isTried) {
    const text = row.field.value;
    const message = mark?.message.replace(`“${text}” `, "") ?? "";
    row.said.textContent = message && message[0].toUpperCase() + message.slice(1);
    row.said.hidden = !mark;
    row.field.toggleAttribute("aria-invalid", Boolean(mark));
    if (mark) row.field.setAttribute("aria-invalid", "true");
    row.state.className = `editor-state ${mark ? "editor-wrong" : "editor-right"}`;
    row.state.replaceChildren(...(mark ? [icon("error")] : isTried ? [icon("check")] : []));
  }

  #buildShapes() {
    const buttons = SHAPES.map(([shown, label, before, after]) =>
      element(
        "button",
        {
          type: "button",
          class: "editor-button editor-shape",
          onclick: () => this.#insert(before, after),
        },
        element("code", {}, shown),
        label,
      ),
    );
    return element(
      "div",
      { class: "editor-shapes", role: "group", "aria-label": "Insert into the phrase" },
      ...buttons,
    );
  }

  #insert(before, after) {
    const field = this.last?.isConnected ? this.last : this.rows.at(-1).field;
    const { selectionStart: start, selectionEnd: end, value } = field;
    const inner = value.slice(start, end);
    field.focus();
    field.setRangeText(before + inner + after, start, end, "end");
    // The caret goes to where the next word belongs.
    const caret = start + before.length + inner.length + (inner && after === "|)" ? 1 : 0);
    field.setSelectionRange(caret, caret);
    this.#typed(field.closest("li"));
  }
}

function isAtEdge(field, key) {
  if (field.selectionStart !== field.selectionEnd) return false;
  const isOneLine = field.clientHeight < 48;
  return (
    isOneLine ||
    (key === "ArrowUp" ? field.selectionStart === 0 : field.selectionEnd === field.value.length)
  );
}
