// What a rule does: a list of actions, each with a form of its own.

import { KINDS, findKind, findUnfinished } from "./action_data.js";
import { Builder } from "./builder.js";
import { chips } from "./chips.js";
import { announce, element, icon, select, tool } from "./element.js";
import { menu } from "./menu.js";
import { texts } from "./texts.js";
import { suggestedText, typedValue } from "./typed_value.js";

export class Actions extends Builder {
  isShape(data) {
    return Array.isArray(data);
  }

  read(data) {
    this.actions = data ?? [];
  }

  build() {
    return this.actions;
  }

  render() {
    const list = element(
      "ol",
      { class: "editor-actions" },
      ...this.actions.map((action, at) => this.#renderAction(action, at)),
    );
    const options = Object.entries(KINDS).map(([kind, { add }]) => [kind, add]);
    const add = menu({
      name: "add",
      label: "Action",
      groups: [{ label: "What should happen?", options }],
      choose: (kind) => this.#add(kind),
    });
    const empty = this.actions.length
      ? null
      : element("p", { class: "desk-muted" }, "Nothing happens yet: add what to say or do.");
    return [list, empty, element("div", { class: "editor-add" }, add)].filter(Boolean);
  }

  #renderAction(action, at) {
    const kind = findKind(action);
    const title = kind ? KINDS[kind].title : "Something only the text can change";
    const parts = kind
      ? this.#renderParts(kind, action, at)
      : [element("code", { class: "editor-raw" }, icon("code"), JSON.stringify(action))];
    const last = this.actions.length - 1;
    const said = `${title}, action ${at + 1}`;
    return element(
      "li",
      {
        class: "editor-action",
        dataset: { place: `[${at}]`, ...(kind && findUnfinished(kind, action)) },
        oninput: (event) => this.#finish(event.currentTarget, action),
        onkeydown: (event) => this.#press(event, at),
      },
      element(
        "div",
        { class: "editor-action-head" },
        icon(kind ? KINDS[kind].icon : "code"),
        element("h3", {}, title),
        element(
          "div",
          { class: "editor-tools" },
          tool("arrow_upward", `Move up: ${said}`, () => this.#move(at, -1), {
            disabled: at === 0,
            dataset: { key: `a.${at}.up` },
          }),
          tool("arrow_downward", `Move down: ${said}`, () => this.#move(at, 1), {
            disabled: at === last,
            dataset: { key: `a.${at}.down` },
          }),
          tool("close", `Remove: ${said}`, () => this.#remove(at, said), {
            dataset: { key: `a.${at}.remove` },
          }),
        ),
      ),
      ...parts,
    );
  }

  /** Once it is complete, what is wrong with it is a mistake. */
  #finish(card, action) {
    const kind = findKind(action);
    const { hint } = (kind && findUnfinished(kind, action)) ?? {};
    if (hint) card.dataset.hint = hint;
    else delete card.dataset.hint;
  }

  #renderParts(kind, action, at) {
    const key = `a.${at}`;
    const set =
      (name) =>
      (value, redraw = false, focus = "") => {
        action[name] = value;
        this.changed({ redraw, focus });
      };
    const { words } = this.page;
    const forms = {
      reply: () => [
        texts({ value: action.reply, label: "What to say", key, words, change: set("reply") }),
        labelled(
          "Quick replies",
          chips({
            values: action.options ?? [],
            label: "Quick replies",
            hint: "Add a button, then Enter",
            key: `${key}.options`,
            change: (values) => {
              if (values.length) action.options = values;
              else delete action.options;
              this.changed();
            },
          }),
        ),
      ],
      ask: () => this.#renderAsk(action, key, set),
      set: () => this.#renderSet(action, key),
      tag: () => [
        chips({
          values: [action.tag].flat(),
          label: "Tags",
          words: words.tags,
          hint: "Add a tag, then Enter",
          key,
          change: (values) => set("tag")(values.length === 1 ? values[0] : values),
        }),
      ],
      call: () => [
        words.webhooks.length
          ? chooseName(action.call, words.webhooks, "Webhook", key, set("call"))
          : element(
              "p",
              { class: "desk-muted" },
              "There is no webhook yet: make one under Webhooks first.",
            ),
        hint(
          "Its answer becomes facts (call.NAME.…), and the rules run again: answer in a rule that tests them.",
        ),
      ],
      escalate: () => [
        labelled(
          "What the model should do (optional)",
          element("textarea", {
            rows: 2,
            value: action.escalate === true ? "" : action.escalate,
            "aria-label": "What the model should do",
            placeholder: "Suggest a gift under £50 from our range.",
            dataset: { key },
            oninput: (event) => set("escalate")(event.target.value || true),
          }),
        ),
      ],
      handoff: () => [
        labelled(
          "Queue (optional)",
          suggestedText({
            value: action.handoff === true ? "" : action.handoff,
            words: words.queues,
            label: "Queue",
            hint: "whoever is there",
            key,
            change: (value) => set("handoff")(value || true),
          }),
        ),
      ],
      close: () => [hint("Nothing can be written after that. A goodbye is friendlier without it.")],
    };
    return forms[kind]();
  }

  #renderAsk(action, key, set) {
    const { words } = this.page;
    const names = words.entities.map((each) => each.name);
    return [
      element(
        "div",
        { class: "editor-fields" },
        labelled(
          "What is asked for",
          chooseName(action.ask, names, "What is asked for", key, set("ask")),
        ),
        labelled(
          "Ask again at most",
          element(
            "span",
            { class: "editor-unit" },
            element("input", {
              type: "number",
              min: 0,
              max: 10,
              class: "editor-number",
              "aria-label": "Ask again at most, times",
              value: String(action.retries ?? 2),
              dataset: { key: `${key}.retries` },
              oninput: (event) => set("retries")(Math.trunc(Number(event.target.value))),
            }),
            "times, then a person takes over",
          ),
        ),
      ),
      labelled(
        "The question",
        texts({
          value: action.prompt ?? "",
          label: "The question",
          key: `${key}.prompt`,
          words,
          change: set("prompt"),
        }),
      ),
    ];
  }

  #renderSet(action, key) {
    const { words } = this.page;
    const pairs = Object.entries(action.set);
    const put = (redraw = false, focus = "") => {
      action.set = Object.fromEntries(pairs);
      this.changed({ redraw, focus });
    };
    const rows = pairs.map(([slot, value], at) =>
      element(
        "div",
        { class: "editor-pair" },
        suggestedText({
          value: slot,
          words: words.slots,
          label: "Name to remember it by",
          hint: "name, like newsletter",
          key: `${key}.${at}.slot`,
          change: (name) => {
            pairs[at][0] = name;
            put();
          },
        }),
        element("span", {}, "is"),
        typedValue({
          value,
          kind: { type: words.kinds[`slot.${slot}`] ?? "open" },
          label: "What to remember",
          key: `${key}.${at}.value`,
          change: (next, isNewType) => {
            pairs[at][1] = next;
            put(isNewType === true, `${key}.${at}.value.type`);
          },
        }),
        pairs.length > 1
          ? tool("close", `Forget ${slot || "this"}`, () => {
              pairs.splice(at, 1);
              put(true, `${key}.0.slot`);
            })
          : null,
      ),
    );
    return [...rows];
  }

  #add(kind) {
    this.actions.push(KINDS[kind].make(this.page.words));
    const at = this.actions.length - 1;
    this.changed({ redraw: true, focus: `a.${at}.remove` });
    const card = this.body.querySelectorAll(".editor-action")[at];
    card.querySelector("textarea, input, select")?.focus();
    announce(`Added: ${KINDS[kind].title}`);
  }

  #remove(at, said) {
    this.actions.splice(at, 1);
    this.changed({ redraw: true, focus: `a.${Math.max(0, at - 1)}.remove` });
    if (!this.actions.length) this.body.querySelector("button")?.focus();
    announce(`Removed: ${said}`);
  }

  #move(at, step) {
    const to = at + step;
    if (to < 0 || to >= this.actions.length) return;
    const [action] = this.actions.splice(at, 1);
    this.actions.splice(to, 0, action);
    const isAtEnd = to === 0 || to === this.actions.length - 1;
    this.changed({ redraw: true, focus: `a.${to}.${step < 0 !== isAtEnd ? "up" : "down"}` });
    announce(`Now ${to + 1} of ${this.actions.length}.`);
  }

  #press(event, at) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!event.altKey || !step) return;
    event.preventDefault();
    this.#move(at, step);
  }
}

/** A caption over a part of an action. The part names itself for screen readers. */
function labelled(text, part) {
  return element(
    "div",
    { class: "editor-labelled" },
    element("span", { class: "editor-caption", "aria-hidden": "true" }, text),
    part,
  );
}

function hint(text) {
  return element("p", { class: "editor-hint" }, text);
}

function chooseName(value, names, label, key, change) {
  const known = names.includes(value) || !value ? names : [value, ...names];
  return select([["", "Choose …"], ...known], {
    "aria-label": label,
    value,
    dataset: { key },
    onchange: (event) => change(event.target.value),
  });
}
