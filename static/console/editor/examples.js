// A rule's examples: a message, what is known already, and who must answer.

import { Builder } from "./builder.js";
import { announce, button, element, icon, select, tool } from "./element.js";
import { findFactKind } from "./subjects.js";
import { suggestedText, typedValue } from "./typed_value.js";

const OWN = "\u0000own"; // no rule can be called so
const NONE = "\u0000none";

export class Examples extends Builder {
  isShape(data) {
    return Array.isArray(data) && data.every(isExample);
  }

  read(data) {
    this.examples = (data ?? []).map((each) => readExample(each, this.page.original));
  }

  build() {
    return this.examples.map((each) => writeExample(each, this.ownName));
  }

  get ownName() {
    return document.querySelector("#id_name")?.value.trim() ?? "";
  }

  render() {
    const rows = this.examples.map((example, at) => this.#renderExample(example, at));
    return [
      element("ol", { class: "editor-examples-list" }, ...rows),
      element(
        "div",
        { class: "editor-add" },
        button("add", "Example", () => this.#add(), { dataset: { key: "e.add" } }),
      ),
    ];
  }

  #renderExample(example, at) {
    const key = `e.${at}`;
    const facts = example.facts.map((_, index) =>
      this.#renderFact(example, index, `${key}.${index}`),
    );
    return element(
      "li",
      {
        class: "editor-example",
        dataset: {
          place: `[${at}]`,
          ...(example.text.trim() ? {} : { hint: "Write what a visitor would say." }),
        },
      },
      element("span", { class: "editor-state", "aria-hidden": "true" }),
      element("input", {
        type: "text",
        "aria-label": `Message ${at + 1}`,
        placeholder: "What the visitor writes",
        value: example.text,
        autocomplete: "off",
        class: "editor-message",
        dataset: { key: `${key}.text` },
        oninput: (event) => {
          example.text = event.target.value;
          if (example.text.trim()) delete event.target.closest("li").dataset.hint;
          this.changed();
        },
      }),
      this.#renderExpect(example, at, key),
      element(
        "div",
        { class: "editor-tools" },
        tool("playlist_add", `Message ${at + 1}: something is known already`, () => {
          example.facts.push(["hours", "open"]);
          this.changed({ redraw: true, focus: `${key}.${example.facts.length - 1}.fact` });
        }),
        tool("close", `Remove message ${at + 1}`, () => this.#remove(at), {
          dataset: { key: `${key}.remove` },
        }),
      ),
      facts.length ? element("div", { class: "editor-facts-known" }, ...facts) : null,
      element("p", { class: "editor-row-said", hidden: true }),
    );
  }

  #renderExpect(example, at, key) {
    const others = this.page.words.rules.filter((name) => name !== this.page.original);
    const known = [OWN, NONE, ...others].includes(example.expect)
      ? others
      : [example.expect, ...others];
    const options = [
      [OWN, "this rule answers"],
      [NONE, "no rule answers"],
      { label: "Another rule", options: known.map((name) => [name, `${name} answers`]) },
    ];
    return select(options, {
      "aria-label": `Who answers message ${at + 1}`,
      value: example.expect,
      class: "editor-expect",
      dataset: { key: `${key}.expect` },
      onchange: (event) => {
        example.expect = event.target.value;
        this.changed();
      },
    });
  }

  #renderFact(example, index, key) {
    const [name, value] = example.facts[index];
    const { words } = this.page;
    const kind = findFactKind(name, words);
    const names = [
      ...words.facts.map((each) => each.name),
      ...words.slots.map((each) => `slot.${each}`),
      ...words.named,
    ];
    return element(
      "div",
      { class: "editor-pair" },
      element("span", { class: "editor-caption" }, "while"),
      suggestedText({
        value: name,
        words: names,
        label: "What is known",
        hint: "hours",
        key: `${key}.fact`,
        change: (next) => {
          example.facts[index][0] = next;
          this.changed({ redraw: findFactKind(next, words).type !== kind.type });
        },
      }),
      element("span", {}, "is"),
      typedValue({
        value,
        kind,
        label: "Its value",
        key: `${key}.value`,
        change: (next, isNewType) => {
          example.facts[index][1] = next;
          this.changed({ redraw: isNewType === true });
        },
      }),
      tool("close", `Forget ${name}`, () => {
        example.facts.splice(index, 1);
        this.changed({ redraw: true, focus: `${key.slice(0, key.lastIndexOf("."))}.text` });
      }),
    );
  }

  #add() {
    this.examples.push({ text: "", facts: [], expect: OWN, form: "text" });
    this.changed({ redraw: true, focus: `e.${this.examples.length - 1}.text` });
  }

  #remove(at) {
    this.examples.splice(at, 1);
    this.changed({
      redraw: true,
      focus: this.examples.length ? `e.${Math.max(0, at - 1)}.remove` : "e.add",
    });
    announce("The example was removed.");
  }

  /** Besides what is wrong: what each message came to. */
  mark() {
    super.mark();
    const { live } = this.page;
    const outcomes = new Map(live.find("outcomes", this.field).map((mark) => [mark.at, mark]));
    const rows = [...this.body.querySelectorAll(".editor-example")];
    rows.forEach((row, at) => {
      const mark = outcomes.get(row.dataset.place);
      const isTried =
        live.result.is_tried &&
        this.examples[at]?.text.trim() &&
        !row.matches(".editor-part-wrong");
      const said = row.querySelector(":scope > .editor-row-said");
      const message = mark?.message.replace(`“${this.examples[at].text}” `, "") ?? "";
      said.textContent = message && message[0].toUpperCase() + message.slice(1);
      said.hidden = !mark;
      const state = row.querySelector(":scope > .editor-state");
      state.className = `editor-state ${mark ? "editor-wrong" : "editor-right"}`;
      state.replaceChildren(...(mark ? [icon("error")] : isTried ? [icon("check")] : []));
    });
  }
}

function isExample(data) {
  if (typeof data === "string") return true;
  if (typeof data !== "object" || data === null || typeof data.text !== "string") return false;
  const { text, facts = {}, expect = null, ...rest } = data;
  const isFlat = Object.values(facts ?? []).every((value) =>
    ["string", "number", "boolean"].includes(typeof value),
  );
  const isNamed = expect === null || typeof expect === "string";
  return (
    !Object.keys(rest).length &&
    typeof facts === "object" &&
    facts !== null &&
    isFlat &&
    isNamed &&
    text !== undefined
  );
}

function readExample(data, original) {
  if (typeof data === "string") return { text: data, facts: [], expect: OWN, form: "text" };
  const isOwn = !("expect" in data) || (data.expect === original && original !== "");
  return {
    text: data.text,
    facts: Object.entries(data.facts ?? {}),
    expect: isOwn ? OWN : (data.expect ?? NONE),
    form: "expect" in data ? "named" : "facts" in data ? "facts" : "mapping",
    hadFacts: "facts" in data,
  };
}

/** As short as it was written: a text alone, where nothing else is said. */
function writeExample({ text, facts, expect, form, hadFacts }, ownName) {
  if (form === "text" && !facts.length && expect === OWN) return text;
  const written = { text };
  if (facts.length || hadFacts) written.facts = Object.fromEntries(facts);
  if (expect === NONE) written.expect = null;
  else if (expect !== OWN) written.expect = expect;
  else if (form === "named") written.expect = ownName;
  return written;
}
