// On every page of the console: dialogs that ask first, choices that submit, buttons that wait.

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();
  if (event.target.closest("[data-closes]")) event.target.closest("dialog")?.close();
  // A click beside the dialog's box lands on the dialog itself.
  if (event.target.matches?.("dialog.console-dialog")) event.target.close();
});

document.addEventListener("change", (event) => {
  if (event.target.matches("select[data-submits]")) event.target.form.requestSubmit();
});

document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button || event.defaultPrevented) return;
  const label = button.querySelector("[data-label-text]");
  if (button.dataset.busy && label) {
    label.textContent = button.dataset.busy;
    button.setAttribute("aria-busy", "true");
  }
  // Only after the form's data was taken: a disabled button's name would be missing in it.
  setTimeout(() => (button.disabled = true));
});

// Coming back by the browser's own button shows the page as it was left: usable again.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
