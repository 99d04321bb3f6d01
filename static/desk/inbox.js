// Keeps the list up to date without moving the keyboard's focus.

import { Following } from "./following.js";
import { read } from "./server.js";

const PERIOD_MS = 2500;

const root = document.querySelector("[data-inbox]");
const rows = root.querySelector("[data-rows]");
const summary = root.querySelector("[data-summary]");
const title = document.title;
let shown = "";

async function refresh(signal) {
  const news = await read(root.dataset.url, signal);
  document.title = news.waiting ? `(${news.waiting}) ${title}` : title;
  if (summary.textContent !== news.summary) summary.textContent = news.summary;
  if (news.html === shown) return;
  shown = news.html;
  const focused = document.activeElement?.dataset?.key;
  rows.innerHTML = news.html;
  if (focused) rows.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
}

const trouble = document.querySelector("[data-trouble]");
new Following({ ask: refresh, period: PERIOD_MS, trouble }).start();
