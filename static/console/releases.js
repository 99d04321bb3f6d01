// Says when this server answers by the release that is live.

const PERIOD_MS = 500;
const MOST = 20;
const place = document.querySelector("[data-served]");

async function look(left) {
  const response = await fetch(place.dataset.served, { credentials: "same-origin" });
  if (!response.ok) return;
  const { is_ready: isReady, problem } = await response.json();
  if (isReady) place.textContent = "this server answers by it, the others within two seconds";
  else if (problem) place.textContent = "this server could not load it and keeps the one before";
  else if (left > 0) setTimeout(look, PERIOD_MS, left - 1);
}

if (place) look(MOST);
