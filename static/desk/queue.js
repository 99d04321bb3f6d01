// Keeps the queue page up to date without moving the keyboard's focus.

import { fetchJson, poll } from "./poll.js";

const root = document.querySelector("[data-desk-queue]");
const rows = root.querySelector("[data-desk-rows]");
const summary = root.querySelector("[data-desk-summary]");
const title = document.title;
let shown = "";

async function refresh() {
  const news = await fetchJson(root.dataset.url);
  document.title = news.waiting ? `(${news.waiting}) ${title}` : title;
  if (summary.textContent !== news.summary) summary.textContent = news.summary;
  if (news.html === shown) return;
  shown = news.html;
  const focused = document.activeElement?.dataset?.key;
  rows.innerHTML = news.html;
  if (focused) rows.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
}

poll(refresh, root.querySelector("[data-desk-stale]"));
