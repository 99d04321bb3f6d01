// An upload that shows what it would change before it counts.

import { fetchHtml } from "./load.js";

const form = document.querySelector("[data-import]");
const input = form?.querySelector("input[type=file]");
const preview = form?.querySelector("[data-preview]");
const apply = form?.querySelector("[data-apply]");
const name = form?.querySelector("[data-file-name]");
const drop = form?.querySelector(".files-drop");

async function show() {
  const file = input.files[0];
  apply.hidden = true;
  if (!file) return;
  name.textContent = file.name;
  preview.innerHTML = '<p class="console-progress">Reading the file…</p>';
  try {
    const html = await fetchHtml(form.dataset.import, { method: "POST", body: new FormData(form) });
    if (input.files[0] !== file) return;
    preview.innerHTML = html;
    apply.hidden = !preview.querySelector("[data-ready]");
  } catch (error) {
    console.warn("The file was not read.", error);
    preview.innerHTML = '<p class="desk-error">The file could not be read. Is it larger than 5 MB?</p>';
  }
}

if (form) {
  input.addEventListener("change", show);
  drop.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("files-over");
  });
  drop.addEventListener("dragleave", () => drop.classList.remove("files-over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("files-over");
    input.files = event.dataTransfer.files;
    show();
  });
}
