// The things an entity can be, each with the other words that mean it.

import { Area } from "./area.js";
import { chips } from "./chips.js";
import { announce, button, element, icon, tool } from "./element.js";

export class Values extends Area {
  constructor(area, page) {
    super(area, page);
    this.list = element("ol", { class: "editor-values" });
    this.body.append(
      this.list,
      element(
        "div",
        { class: "editor-add" },
        button("add", "Thing", () => this.#add()),
      ),
    );
    this.#read();
    this.onText(() => this.#read());
    page.live.listen(() => this.#mark());
  }

  #read() {
    this.pairs = readPairs(this.value);
    if (!this.pairs.length) this.pairs.push(["", []]);
    this.#draw();
  }

  #draw() {
    this.list.replaceChildren(...this.pairs.map((pair, at) => this.#renderPair(pair, at)));
  }

  #renderPair(pair, at) {
    return element(
      "li",
      { class: "editor-value" },
      element("input", {
        type: "text",
        value: pair[0],
        "aria-label": `Thing ${at + 1}`,
        placeholder: at ? "Another thing" : "kettle",
        autocomplete: "off",
        oninput: (event) => {
          pair[0] = event.target.value;
          this.#write();
        },
        onkeydown: (event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          this.list.querySelectorAll(".editor-chips input")[at].focus();
        },
      }),
      chips({
        values: pair[1],
        label: `Other words for ${pair[0] || `thing ${at + 1}`}`,
        hint: pair[1].length ? "" : "other words, Enter after each",
        change: (values) => {
          pair[1] = values;
          this.#write();
        },
      }),
      tool("close", `Remove ${pair[0] || `thing ${at + 1}`}`, () => this.#remove(at)),
      element("p", { class: "editor-row-said", hidden: true }, icon("error")),
    );
  }

  #add() {
    this.pairs.push(["", []]);
    this.#draw();
    this.list.lastElementChild.querySelector("input").focus();
  }

  #remove(at) {
    announce(`Removed: ${this.pairs[at][0]}`);
    this.pairs.splice(at, 1);
    if (!this.pairs.length) this.pairs.push(["", []]);
    this.#draw();
    this.list.children[Math.max(0, at - 1)].querySelector("input").focus();
    this.#write();
  }

  #write() {
    this.write(writePairs(this.pairs.filter(([name, words]) => name.trim() || words.length)));
  }

  /** A problem's place is the thing's own name: `.kettle`. */
  #mark() {
    const marks = this.page.live.find("problems", this.field);
    const rest = marks.filter((mark) => {
      const at = this.pairs.findIndex(
        ([name]) =>
          name && (mark.at === `.${name.trim()}` || mark.at.startsWith(`.${name.trim()}[`)),
      );
      return at < 0;
    });
    [...this.list.children].forEach((row, at) => {
      const name = this.pairs[at][0].trim();
      const mark = marks.find(
        (each) => name && (each.at === `.${name}` || each.at.startsWith(`.${name}[`)),
      );
      const said = row.querySelector(".editor-row-said");
      said.textContent = mark?.message ?? "";
      said.hidden = !mark;
    });
    this.say(rest);
  }
}

function readPairs(text) {
  if (text.startsWith("[[")) {
    try {
      return JSON.parse(text);
    } catch {
      return [];
    }
  }
  const lines = text.split("\n").filter((line) => line.trim());
  return lines.map((line) => {
    const at = line.indexOf(":");
    const [name, rest] = at < 0 ? [line, ""] : [line.slice(0, at), line.slice(at + 1)];
    return [
      name.trim(),
      rest
        .split(",")
        .map((word) => word.trim())
        .filter(Boolean),
    ];
  });
}

function writePairs(pairs) {
  const isLine = ([name, words]) =>
    !/[:]/.test(name) &&
    !name.startsWith("[") &&
    [name, ...words].every((each) => !/[,\n]/.test(each));
  if (!pairs.every(isLine))
    return JSON.stringify(pairs.map(([name, words]) => [name.trim(), words]));
  return pairs
    .map(([name, words]) => (words.length ? `${name.trim()}: ${words.join(", ")}` : name.trim()))
    .join("\n");
}
