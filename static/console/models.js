// The model's pages: places that move, a prompt that is counted and seen whole, a trial's progress.

const PERIOD_MS = 1500;
const PAUSE_MS = 400;

// Values change places, so names and numbers of the fields stay as the server knows them.
function swap(one, other) {
  const [mine, theirs] = [one, other].map((row) => [...row.querySelectorAll("select, input")]);
  mine.forEach((field, at) => {
    [field.value, theirs[at].value] = [theirs[at].value, field.value];
  });
}

for (const list of document.querySelectorAll("[data-places]")) {
  const rows = [...list.querySelectorAll("[data-place]")];
  rows.forEach((row, at) => {
    const moves = row.querySelector("[data-moves]");
    moves.hidden = rows.length < 2;
    for (const button of moves.querySelectorAll("[data-move]")) {
      const other = rows[at + Number(button.dataset.move)];
      button.disabled = !other;
      button.addEventListener("click", () => {
        swap(row, other);
        other.querySelector(`[data-move="${button.dataset.move}"]:enabled`)?.focus();
      });
    }
  });
}

const words = document.querySelector("[data-counted]");
const count = document.querySelector("[data-count]");
const preview = document.querySelector("[data-preview]");

function countWords() {
  count.hidden = false;
  count.textContent = `${words.value.length.toLocaleString("en")} of ${Number(words.maxLength).toLocaleString("en")} characters`;
}

async function showPreview() {
  const body = new FormData(words.form);
  const response = await fetch(preview.dataset.preview, { method: "POST", body, credentials: "same-origin" });
  if (response.ok) preview.textContent = await response.text();
}

if (words && count) {
  countWords();
  let waiting;
  words.addEventListener("input", () => {
    countWords();
    clearTimeout(waiting);
    waiting = setTimeout(() => showPreview().catch(() => {}), PAUSE_MS);
  });
}

const rows = document.querySelector("[data-rows]");

// Whoever is about to press a button must not lose it.
function replaceRows(html) {
  const form = document.activeElement?.closest("[data-rows] form")?.action;
  rows.innerHTML = html;
  if (form) [...rows.querySelectorAll("form")].find((each) => each.action === form)?.querySelector("button").focus();
}

async function follow() {
  if (!rows.querySelector("[data-under-way]")) return;
  try {
    const response = await fetch(rows.dataset.rows, { credentials: "same-origin" });
    if (response.ok) replaceRows(await response.text());
  } catch {
    // Offline for a moment: the run goes on, and so does asking.
  }
  setTimeout(follow, PERIOD_MS);
}

if (rows) setTimeout(follow, PERIOD_MS);
