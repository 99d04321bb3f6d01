// The page of changes: checks arrive after it, and the button says what is still missing.

import { loadSections } from "./load.js";

const button = document.querySelector("[data-publish-button]");
const label = button?.querySelector("[data-label-text]");
const checks = document.querySelector("[data-findings]");

function say(text, isReady) {
  if (!button) return;
  label.textContent = text;
  button.disabled = !isReady;
}

function update() {
  const found = checks?.querySelector("[data-errors]");
  if (!found) {
    say(button?.dataset.label ?? "", true);
    return;
  }
  const errors = Number(found.dataset.errors);
  const open = found.querySelectorAll("input[name=accepted]:not(:checked)").length;
  if (errors) say(errors === 1 ? "One thing to correct first" : `${errors} things to correct first`, false);
  else if (open) say(open === 1 ? "Tick one warning first" : `Tick ${open} warnings first`, false);
  else say(button?.dataset.label ?? "", true);
}

if (checks) {
  say("Checking…", false);
  checks.addEventListener("change", update);
}
loadSections((section) => {
  if (section === checks) update();
});
