// A text area with a friendlier editor before it; its text stays, under “As text”.

import { element, icon } from "./element.js";

export class Area {
  /**
   * @param {HTMLTextAreaElement} area
   * @param {{live: import("./live.js").Live, words: any, original: string}} page
   */
  constructor(area, page) {
    this.area = area;
    this.page = page;
    this.field = area.name;
    this.name = this.#takeLabel();
    this.body = element("div", { class: "editor-body" });
    this.said = element("ul", { class: "editor-said", hidden: true });
    this.text = element(
      "details",
      { class: "editor-text" },
      element("summary", {}, icon("code"), "As text"),
    );
    this.root = element("div", {
      class: `desk editor editor-${area.dataset.editor}`,
      role: "group",
      "aria-label": this.name,
    });
    area.before(this.root);
    this.text.append(area);
    this.root.append(this.body, this.said, this.text);
    area.addEventListener("input", () => this.#hear());
    page.live.listen(() => {
      if (page.live.find("problems", this.field).length) dropServerErrors(this.root);
    });
  }

  get value() {
    return this.area.value;
  }

  /** Puts a new text in and has it checked. */
  write(text) {
    if (text === this.area.value) return;
    this.area.value = text;
    this.isWriting = true;
    this.area.dispatchEvent(new Event("input", { bubbles: true }));
    this.area.dispatchEvent(new Event("change", { bubbles: true }));
    this.isWriting = false;
    dropServerErrors(this.root);
    this.page.live.ask();
  }

  /** @param {() => void} listener called when somebody changed the text itself */
  onText(listener) {
    this.listener = listener;
  }

  /** Says what belongs to no part of the editor in particular. */
  say(marks) {
    this.said.replaceChildren(
      ...marks.map((mark) => element("li", {}, icon("error"), element("span", {}, mark.message))),
    );
    this.said.hidden = marks.length === 0;
  }

  #hear() {
    if (this.isWriting) return;
    this.listener?.();
    dropServerErrors(this.root);
    this.page.live.ask();
  }

  /** Clicking the label goes to the editor: its text area is out of sight. */
  #takeLabel() {
    const label = document.querySelector(`label[for="${this.area.id}"]`);
    const name = label?.textContent.replace("*", "").trim() || this.area.name;
    this.area.setAttribute("aria-label", `${name}, as text`);
    label?.removeAttribute("for");
    label?.addEventListener("click", () => {
      this.body.querySelector("input, select, textarea, button")?.focus();
    });
    return name;
  }
}

/** The page came with these; what is said live replaces them. */
export function dropServerErrors(inside) {
  const line = inside.closest(".field-line");
  for (const list of line?.querySelectorAll(".text-red-600:has(ul)") ?? []) list.remove();
  line?.classList.remove("errors");
}
