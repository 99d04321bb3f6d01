// One conversation: it goes on by itself, and everything can be done without leaving the page.

import { Following } from "./following.js";
import { ReplyBox } from "./reply.js";
import { Problem, post, read } from "./server.js";
import { showLocalTimes } from "./times.js";
import { Typing } from "./typing.js";

const WAIT = 25; // seconds that the server may hold a call
const PAUSE_MS = 100;
const NEAR_END = 48; // px

const root = document.querySelector("[data-thread]");
const find = (name) => root.querySelector(`[data-${name}]`);
const log = find("log");
const head = find("head");
const newer = find("newer");
const verbProblem = find("verb-problem");
const closing = find("close-dialog");
let isMine = "mine" in root.dataset;
let isActing = false;

const typing = new Typing(root.dataset.typing, find("typing-line"));
const reply = new ReplyBox({
  form: find("reply"),
  conversation: root.dataset.thread,
  onInput: (text) => isMine && text.trim() && typing.tell(),
  onSent: () => {
    typing.rest();
    showEnd();
    following.now();
  },
});

const isAtEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END;

function showEnd() {
  log.scrollTop = log.scrollHeight;
  newer.hidden = true;
}

async function refresh(signal) {
  const query = new URLSearchParams({ after: log.dataset.last, key: root.dataset.key });
  // A hidden page holds no call: browsers allow only six at once to one server.
  if (!document.hidden) query.set("wait", WAIT);
  const news = await read(`${root.dataset.news}?${query}`, signal);
  if (signal.aborted) return;
  if (news.lines) showLines(news);
  if (news.key) showHead(news);
  if (news.is_typing && !news.lines) typing.show();
}

function showLines({ lines, last_seq: lastSeq }) {
  const follow = isAtEnd();
  log.insertAdjacentHTML("beforeend", lines);
  log.dataset.last = lastSeq;
  showLocalTimes(log);
  typing.hide();
  if (follow) showEnd();
  else newer.hidden = false;
}

function showHead(news) {
  const hadFocus = head.contains(document.activeElement);
  root.dataset.key = news.key;
  isMine = news.is_mine;
  head.innerHTML = news.head;
  find("said").textContent = news.said;
  reply.allow(news.can_write, news.sentence);
  if (hadFocus && !isActing) find("title").focus();
}

const following = new Following({
  ask: refresh,
  period: PAUSE_MS,
  trouble: document.querySelector("[data-trouble]"),
});

async function act(form) {
  isActing = true;
  verbProblem.hidden = true;
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    const { next } = await post(form.action);
    if (next) {
      if (form.dataset.verb === "close") reply.forget();
      location.assign(next);
      return;
    }
    reply.focus();
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    verbProblem.textContent = problem.explain("Not done");
    verbProblem.hidden = false;
    button.disabled = false;
  } finally {
    isActing = false;
    following.now();
  }
}

root.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.verb) return;
  event.preventDefault();
  if (form.dataset.verb === "close") confirmClosing(form);
  else if (!isActing) act(form);
});

function confirmClosing(form) {
  find("unsent").hidden = reply.isEmpty;
  closing.returnValue = "no";
  closing.onclose = () => closing.returnValue === "yes" && act(form);
  closing.showModal();
}

newer.addEventListener("click", () => {
  showEnd();
  log.focus();
});
log.addEventListener("scroll", () => isAtEnd() && (newer.hidden = true));

find("about").open = matchMedia("(min-width: 1200px)").matches;
showLocalTimes(root);
showEnd();
following.start();
