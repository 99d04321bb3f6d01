// The condition of a rule: groups that nest, and sentences in them.

import { Builder } from "./builder.js";
import { chips } from "./chips.js";
import { readCondition, writeCondition, writePart } from "./condition_data.js";
import { announce, button, element, icon, select, tool } from "./element.js";
import {
  buildLeaf,
  buildSubjects,
  describeLeaf,
  findKind,
  findOperator,
  findOperators,
  findSubject,
  withOperator,
} from "./subjects.js";
import { suggestedText, typedValue } from "./typed_value.js";

const KINDS = [
  ["all", "All of these are true"],
  ["any", "At least one of these is true"],
  ["none", "None of these is true"],
];
const JOINTS = { all: "and", any: "or", none: "nor" };

export class Condition extends Builder {
  isShape(data) {
    return typeof data === "object" && !Array.isArray(data);
  }

  read(data) {
    this.rootPart = readCondition(data);
  }

  build() {
    return writeCondition(this.rootPart);
  }

  render() {
    return [this.#renderGroup(this.rootPart, null, "", "w")];
  }

  #renderGroup(group, parent, place, key) {
    const items = group.parts.map((part, at) => this.#renderItem(group, at, place, key));
    const isBare = group.isBare && group.parts.length === 1;
    return element(
      "div",
      {
        class: `editor-group editor-group-${group.kind}`,
        role: "group",
        "aria-label": KINDS.find(([kind]) => kind === group.kind)[1],
        dataset: place || !isBare ? { place } : {},
      },
      this.#renderHead(group, parent, key),
      element("ul", { class: "editor-parts" }, ...items),
      element(
        "div",
        { class: "editor-add" },
        button("add", "Condition", () => this.#add(group, { leaf: { intent: "" } }, key), {
          dataset: { key: `${key}.add` },
        }),
        button("account_tree", "Group", () =>
          this.#add(
            group,
            { kind: group.kind === "any" ? "all" : "any", parts: [{ leaf: { intent: "" } }] },
            key,
          ),
        ),
      ),
    );
  }

  #renderHead(group, parent, key) {
    const kind = select(KINDS, {
      "aria-label": parent ? "This group" : "The whole condition",
      class: "editor-kind",
      value: group.kind,
      dataset: { key: `${key}.kind` },
      onchange: (event) => {
        group.kind = event.target.value;
        this.changed({ redraw: true, focus: `${key}.kind` });
      },
    });
    return element("div", { class: "editor-group-head" }, kind);
  }

  #renderItem(group, at, place, parentKey) {
    const part = group.parts[at];
    const isBare = group.isBare && group.parts.length === 1;
    const own = isBare ? place : `${place}.${group.kind}[${at}]`;
    const key = `${parentKey}.${at}`;
    const body = part.kind
      ? this.#renderGroup(part, group, own, key)
      : element(
          "div",
          { class: "editor-sentence" },
          ...(part.leaf ? this.#renderLeaf(part, key) : [renderRaw(part)]),
        );
    const said = part.leaf
      ? describeLeaf(part.leaf, this.page.words)
      : part.kind
        ? "the group"
        : "this part";
    const isUnfinished =
      part.leaf && [part.leaf.intent, part.leaf.entity, part.leaf.fact].includes("");
    return element(
      "li",
      {
        class: "editor-part",
        dataset: part.kind
          ? {}
          : { place: own, ...(isUnfinished ? { hint: "Choose what this is about." } : {}) },
        onkeydown: (event) => this.#press(event, group, at, parentKey),
      },
      at
        ? element("span", { class: "editor-joint", "aria-hidden": "true" }, JOINTS[group.kind])
        : null,
      element(
        "div",
        { class: "editor-part-body" },
        body,
        this.#renderTools(group, at, parentKey, said),
      ),
    );
  }

  #renderTools(group, at, parentKey, said) {
    const last = group.parts.length - 1;
    return element(
      "div",
      { class: "editor-tools" },
      tool("arrow_upward", `Move up: ${said}`, () => this.#move(group, at, -1, parentKey, "up"), {
        disabled: at === 0,
        dataset: { key: `${parentKey}.${at}.up` },
      }),
      tool(
        "arrow_downward",
        `Move down: ${said}`,
        () => this.#move(group, at, 1, parentKey, "down"),
        { disabled: at === last, dataset: { key: `${parentKey}.${at}.down` } },
      ),
      tool("close", `Remove: ${said}`, () => this.#remove(group, at, parentKey, said), {
        dataset: { key: `${parentKey}.${at}.remove` },
      }),
    );
  }

  #renderLeaf(part, key) {
    const { words } = this.page;
    const subject = findSubject(part.leaf);
    const set = (leaf, focus) => {
      part.leaf = leaf;
      this.changed({ redraw: true, focus });
    };
    const parts = [
      select(buildSubjects(words, subject), {
        "aria-label": "What the condition is about",
        value: subject,
        class: "editor-subject",
        dataset: { key: `${key}.subject` },
        onchange: (event) => set(buildLeaf(event.target.value, words), `${key}.subject`),
      }),
    ];
    if (subject === "intent") parts.push(this.#renderName(part, "intent", words.intents, key, set));
    if (subject === "entity")
      parts.push(
        this.#renderName(
          part,
          "entity",
          words.entities.map((each) => each.name),
          key,
          set,
        ),
      );
    if (subject === "fact:" || part.isTyped) parts.push(this.#renderFact(part, key));
    const operators = findOperators(part.leaf, words);
    const operator = findOperator(part.leaf);
    if (operators.length) {
      const shown = operators.some(([each]) => each === operator)
        ? operators
        : [...operators, [operator, operator.replaceAll("_", " ")]];
      parts.push(
        select(shown, {
          "aria-label": "How it is compared",
          value: operator,
          dataset: { key: `${key}.operator` },
          onchange: (event) =>
            set(withOperator(part.leaf, event.target.value, words), `${key}.operator`),
        }),
      );
    }
    if (!["", "known", "unknown", "found"].includes(operator))
      parts.push(this.#renderValue(part, operator, key));
    return parts;
  }

  #renderName(part, kind, names, key, set) {
    const name = part.leaf[kind];
    const known = names.includes(name) || !name ? names : [name, ...names];
    const label = kind === "intent" ? "What the visitor wants" : "What the message names";
    return select([["", "Choose …"], ...known], {
      "aria-label": label,
      value: name,
      class: "editor-name",
      dataset: { key: `${key}.name` },
      onchange: (event) => set({ ...part.leaf, [kind]: event.target.value }, `${key}.name`),
    });
  }

  #renderFact(part, key) {
    part.isTyped = true;
    return suggestedText({
      value: part.leaf.fact,
      words: [...this.page.words.named, ...this.page.words.facts.map((each) => each.name)],
      label: "The fact's name",
      hint: "visitor.tier",
      key: `${key}.fact`,
      change: (value) => {
        part.leaf = { ...part.leaf, fact: value };
        this.changed();
      },
    });
  }

  #renderValue(part, operator, key) {
    const { words } = this.page;
    const value = part.leaf[operator];
    const kind = findKind(part.leaf, words);
    const change = (next, isNewType) => {
      part.leaf = { ...part.leaf, [operator]: next };
      this.changed({ redraw: isNewType === true, focus: `${key}.value.type` });
    };
    if (Array.isArray(value)) {
      return chips({
        values: value,
        label: "The values",
        words: kind.values ?? [],
        hint: "Add a value, then Enter",
        key: `${key}.value`,
        change,
      });
    }
    return typedValue({ value, kind, label: "The value", key: `${key}.value`, change });
  }

  #add(group, part, key) {
    group.parts.push(part);
    const at = group.parts.length - 1;
    this.changed({ redraw: true, focus: part.kind ? `${key}.${at}.kind` : `${key}.${at}.subject` });
    announce(part.kind ? "A group was added." : "A condition was added.");
  }

  #remove(group, at, key, said) {
    group.parts.splice(at, 1);
    if (!group.parts.length) this.#dropGroup(group);
    const near = Math.max(0, at - 1);
    this.changed({ redraw: true, focus: group.parts.length ? `${key}.${near}.remove` : "w.add" });
    announce(`Removed: ${said}`);
  }

  /** A group without a condition goes; the whole condition stays, empty. */
  #dropGroup(group, inside = this.rootPart) {
    if (group === this.rootPart) return;
    inside.parts = inside.parts.filter((part) => part !== group);
    for (const part of inside.parts) if (part.kind) this.#dropGroup(group, part);
  }

  #move(group, at, step, key, direction) {
    const to = at + step;
    if (to < 0 || to >= group.parts.length) return;
    const [part] = group.parts.splice(at, 1);
    group.parts.splice(to, 0, part);
    const isAtEnd = to === 0 || to === group.parts.length - 1;
    const other = direction === "up" ? "down" : "up";
    this.changed({ redraw: true, focus: `${key}.${to}.${isAtEnd ? other : direction}` });
    announce(`Now ${to + 1} of ${group.parts.length}.`);
  }

  #press(event, group, at, key) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!event.altKey || !step) return;
    event.preventDefault();
    event.stopPropagation();
    this.#move(group, at, step, key, step < 0 ? "up" : "down");
  }
}

function renderRaw(part) {
  return element(
    "code",
    { class: "editor-raw", title: "Only the text can change this part." },
    icon("code"),
    JSON.stringify(writePart(part)),
  );
}
