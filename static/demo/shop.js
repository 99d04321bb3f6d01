// The demo shop's buttons: suggested questions are asked in the chat, help pages open it.

/** Runs now, or as soon as the embed script has arrived. */
function whenReady(action) {
  if (window.Firstline) action();
  else window.addEventListener("firstline:ready", action, { once: true });
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-ask], [data-open-chat]");
  if (!button) return;
  const { ask } = button.dataset;
  whenReady(() => (ask ? window.Firstline.ask(ask) : window.Firstline.open()));
});
