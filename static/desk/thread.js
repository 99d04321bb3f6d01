// The reply page: new messages arrive by themselves, and nothing typed is ever lost.

import { fetchJson, poll } from "./poll.js";

const root = document.querySelector("[data-desk-thread]");
const log = root.querySelector("[data-desk-log]");
const head = root.querySelector("[data-desk-head]");
const form = root.querySelector("[data-desk-reply]");
const text = form.elements.namedItem("text");
const token = form.elements.namedItem("token");
const button = form.querySelector("button");
const problem = root.querySelector("[data-desk-error]");
const draftKey = `firstline-reply-${root.dataset.deskThread}`;

function isAtEnd() {
  return log.scrollHeight - log.scrollTop - log.clientHeight < 48;
}

function showEnd() {
  log.scrollTop = log.scrollHeight;
}

async function refresh() {
  const news = await fetchJson(`${root.dataset.url}?after=${log.dataset.last}`);
  if (news.last_seq > Number(log.dataset.last)) {
    const follow = isAtEnd();
    log.insertAdjacentHTML("beforeend", news.html);
    log.dataset.last = news.last_seq;
    if (follow) showEnd();
  }
  if (news.key !== root.dataset.key) {
    root.dataset.key = news.key;
    head.innerHTML = news.head;
    form.hidden = !news.can_write;
  }
}

const refreshNow = poll(refresh, root.querySelector("[data-desk-stale]"));

function grow() {
  text.style.height = "auto";
  text.style.height = `${Math.min(text.scrollHeight + 2, 240)}px`;
}

async function send() {
  button.disabled = true;
  problem.textContent = "";
  try {
    const response = await fetch(form.action, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new FormData(form),
    });
    const result = await response.json();
    if (!response.ok) {
      problem.textContent = result.error;
      return;
    }
    token.value = result.token;
    text.value = "";
    sessionStorage.removeItem(draftKey);
    grow();
    showEnd();
    await refreshNow();
    showEnd();
  } catch (error) {
    console.warn("The reply was not sent.", error);
    problem.textContent = "Not sent: the server did not answer. Your text is kept; try again.";
  } finally {
    button.disabled = false;
    text.focus();
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!button.disabled && text.value.trim()) send();
});

text.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});

text.addEventListener("input", () => {
  sessionStorage.setItem(draftKey, text.value);
  problem.textContent = "";
  grow();
});

root.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

text.value ||= sessionStorage.getItem(draftKey) ?? "";
grow();
showEnd();
