// Several short texts as chips in one field: quick replies, tags, values, other words.

import { announce, datalist, element, icon } from "./element.js";
import { Area } from "./area.js";

/**
 * @param {{values: string[], label: string, words?: string[], hint?: string, key?: string,
 *   change: (values: string[]) => void}} options
 */
export function chips({ values, label, words = [], hint = "", key = "", change }) {
  const kept = [...values];
  const list = element("ul", { class: "editor-chips-list" });
  const suggestions = words.length ? datalist(words) : null;
  const input = element("input", {
    type: "text",
    "aria-label": label,
    placeholder: hint,
    autocomplete: "off",
    list: suggestions?.id,
    dataset: key ? { key } : {},
    onkeydown: press,
    onblur: add,
    oninput: choose,
  });
  const root = element(
    "div",
    { class: "editor-chips", onclick: (event) => event.target === root && input.focus() },
    list,
    input,
    suggestions,
  );

  function add() {
    const value = input.value.trim();
    input.value = "";
    if (!value || kept.includes(value)) return;
    kept.push(value);
    draw();
    change([...kept]);
  }

  function choose(event) {
    // A choice from the suggestions comes whole, not letter by letter.
    if (event.inputType === undefined || event.inputType === "insertReplacementText") add();
  }

  function press(event) {
    if (event.key === "Enter") {
      event.preventDefault();
      add();
    } else if (event.key === "Backspace" && !input.value && kept.length) {
      remove(kept.length - 1);
    }
  }

  function remove(at) {
    announce(`Removed: ${kept[at]}`);
    kept.splice(at, 1);
    draw();
    input.focus();
    change([...kept]);
  }

  function draw() {
    list.replaceChildren(
      ...kept.map((value, at) =>
        element(
          "li",
          { class: "editor-chip" },
          element("span", {}, value),
          element(
            "button",
            { type: "button", "aria-label": `Remove ${value}`, onclick: () => remove(at) },
            icon("close"),
          ),
        ),
      ),
    );
    list.hidden = !kept.length;
  }

  draw();
  return root;
}

/** A field of lines as chips; `facts` suggests what can be sent. */
export class Chips extends Area {
  constructor(area, page) {
    super(area, page);
    this.#draw();
    this.onText(() => this.#draw());
    page.live.listen((result) =>
      this.say(result.problems.filter((mark) => mark.field === this.field)),
    );
  }

  #draw() {
    const { words } = this.page;
    const isFacts = this.area.dataset.editor === "facts";
    const facts = [
      ...words.slots.map((name) => `slot.${name}`),
      ...words.entities.map((each) => `entity.${each.name}`),
      ...words.facts.map((each) => each.name),
      ...words.named,
    ];
    this.body.replaceChildren(
      chips({
        values: this.value
          .split("\n")
          .map((line) => line.trim())
          .filter(Boolean),
        label: this.name,
        words: isFacts ? facts : ["rejection", ...words.tags],
        hint: isFacts ? "slot.order_number, then Enter" : "Add a tag, then Enter",
        change: (values) => this.write(values.join("\n")),
      }),
    );
  }
}
