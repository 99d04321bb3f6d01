// Rows of facts that are stated by hand: a name, a value as it is typed, and a way to take it back.

let count = 0;

export class Facts {
  /**
   * @param {HTMLElement} place
   * @param {[string, string][]} initial
   * @param {() => void} changed
   */
  constructor(place, initial, changed) {
    this.place = place;
    this.initial = initial;
    this.changed = changed;
    this.problem = document.createElement("p");
    this.problem.className = "desk-error";
    this.problem.setAttribute("role", "alert");
    place.after(this.problem);
    this.reset();
  }

  reset() {
    this.place.replaceChildren();
    for (const [name, value] of this.initial) this.build(name, value);
  }

  /** @returns {[string, string][]} */
  read() {
    return this.rows.map((row) => [...row.querySelectorAll("input")].map((each) => each.value));
  }

  get rows() {
    return [...this.place.querySelectorAll(".try-fact")];
  }

  set(name, value) {
    const row = this.rows.find((each) => each.querySelector("input").value === name);
    if (row) row.querySelectorAll("input")[1].value = value;
    else this.build(name, value);
  }

  forget(names) {
    for (const row of this.rows) {
      if (names.includes(row.querySelector("input").value)) row.remove();
    }
  }

  add() {
    this.build("", "").querySelector("input").focus();
  }

  showProblem(text) {
    if (this.problem.textContent !== text) this.problem.textContent = text;
  }

  build(name, value) {
    const row = document.createElement("div");
    row.className = "try-fact";
    const label = (count += 1);
    row.append(
      buildInput(`Fact ${label}`, name, "try-fact-names"),
      buildInput(`Value of fact ${label}`, value),
      this.buildRemove(row, label),
    );
    row.addEventListener("input", this.changed);
    this.place.append(row);
    return row;
  }

  buildRemove(row, label) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "try-fact-remove";
    button.setAttribute("aria-label", `Remove fact ${label}`);
    const icon = document.createElement("span");
    icon.className = "material-symbols-outlined";
    icon.setAttribute("aria-hidden", "true");
    icon.textContent = "close";
    button.append(icon);
    button.addEventListener("click", () => {
      row.remove();
      this.changed();
    });
    return button;
  }
}

function buildInput(label, value, list) {
  const input = document.createElement("input");
  input.value = value;
  input.autocomplete = "off";
  input.spellcheck = false;
  input.setAttribute("aria-label", label);
  if (list) input.setAttribute("list", list);
  return input;
}
