// Where reading starts: what comes in from the server and the visitor, and where it goes.

import { Announcer } from "./announcer.js";
import { Api } from "./api.js";
import { Composer } from "./composer.js";
import { Connection } from "./connection.js";
import { Embedding, parseOrigin } from "./embedding.js";
import { Exchanges } from "./exchanges.js";
import { Feedback } from "./feedback.js";
import { EventLog } from "./log.js";
import { buildAuthor, renderText } from "./message.js";
import { Outbox } from "./outbox.js";
import { Prompts } from "./prompts.js";
import { Session } from "./session.js";
import { StatusLine } from "./status.js";
import { SiteStorage } from "./storage.js";
import { Transcript } from "./transcript.js";
import { Unread } from "./unread.js";
import { Waiting } from "./waiting.js";
import { WORDING } from "./wording.js";

const TYPING_EVERY = 3000; // ms between typing frames

const find = (id) => document.getElementById(id);
const config = JSON.parse(find("visitor-config").textContent);
const botName = config.bot_name;

let status = "bot";
let announceAfter = Infinity; // what is older was there before this page
let lastTyping = 0;

const storage = new SiteStorage(config.site_key);
const session = new Session(storage);
const exchanges = new Exchanges();
const announcer = new Announcer(find("announcer"));
const log = new EventLog({ onEvent: showEvent, onGap: () => connection.readMissing() });
const outbox = new Outbox({ storage, onChange: () => transcript.showOutbox(outbox.entries) });
const unread = new Unread({ session, onChange: (count) => embedding.sendUnread(count) });
const connection = new Connection({
  site: config.site_key,
  socketUrl: new URL(config.socket_path, location.href.replace(/^http/, "ws")).href,
  api: new Api({ base: config.api_base, session }),
  session,
  log,
  onFrame: (frame) => frameHandlers[frame.type]?.(frame),
  onState: showConnection,
  onExpired: forgetConversation,
});
const waiting = new Waiting({ botName, onChange: () => transcript.showEnd() });
const feedback = new Feedback({ send: (rating) => connection.send({ type: "feedback", ...rating }) });
const transcript = new Transcript({
  scroller: find("scroller"),
  log: find("log"),
  tail: find("tail"),
  botName,
  feedback,
  waiting: waiting.element,
  actions: { retry: retryMessage, discard: (id) => outbox.discard(id) },
});
const prompts = new Prompts({ group: find("prompts"), starters: config.starters, onPick: submit });
const statusLine = new StatusLine({
  line: find("status"),
  trouble: find("trouble"),
  person: find("person"),
  onStartNew: startNew,
});
const composer = new Composer({ form: find("composer"), onSend: submit, onInput: handleInput });
const embedding = new Embedding({
  origin: parseOrigin(location.hash),
  handlers: {
    opened: () => setOpen(true),
    closed: () => setOpen(false),
    identify: ({ identity }) => identify(identity),
    ask: ({ text }) => submit(text),
  },
});

const frameHandlers = {
  welcome: handleWelcome,
  event: ({ event }) => log.add(event),
  delta: handleDelta,
  typing: () => waiting.showAgent(),
  error: handleError,
  pong: handlePong,
};

function handleWelcome(welcome) {
  if (log.lastSeq > 0 && welcome.conversation !== session.conversation) clearScreen();
  session.recordWelcome(welcome);
  if (welcome.notice !== undefined) showNotice(welcome.notice);
  if (announceAfter === Infinity) announceAfter = welcome.last_seq;
  if (log.lastSeq === 0) setStatus(welcome.status);
  outbox.reopen();
  flush();
}

/** A page that was open all the time learns of a notice when its connection comes back. */
function showNotice(text) {
  const line = find("notice");
  if (line.textContent !== text) line.textContent = text;
  line.hidden = text === "";
}

/** Every event of the log comes here once, in order. */
function showEvent(event) {
  if (event.client_id) confirmMessage(event.client_id);
  exchanges.add(event);
  transcript.dropStreams(event.discarded ?? []);
  transcript.add(event);
  transcript.keepEnd(() => prompts.add(event));
  unread.add(event);
  if (event.kind === "feedback") feedback.show(event);
  if (event.kind === "status") setStatus(event.status, event.agent);
  if (event.kind === "message") handleMessage(event);
  waiting.showBot(exchanges.isSilent);
}

function handleMessage(event) {
  if (event.sender === "agent") waiting.hideAgent();
  if (event.sender === "visitor" || event.seq <= announceAfter) return;
  const words = document.createDocumentFragment();
  words.append(`${buildAuthor(event, botName)}: `, renderText(event, { links: false }));
  announcer.announce(words);
}

function handleDelta(delta) {
  if (!exchanges.addDelta(delta)) return;
  const text = exchanges.findText(delta.exchange);
  if (text) transcript.showStream(delta.exchange, text);
  waiting.showBot(exchanges.isSilent);
}

function handleError({ code, client_id, retry_after }) {
  if (code === "closed") setStatus("closed");
  if (code === "rate_limited") statusLine.showTrouble(WORDING.slowDown);
  if (!client_id) return;
  if (code === "rate_limited" || code === "busy") {
    setTimeout(() => retryMessage(client_id), 1000 * (retry_after ?? 2));
  } else {
    outbox.fail(client_id, code);
    flush();
  }
}

/** The socket is only a hint: while something is owed, the log is read now and then. */
function handlePong() {
  if (!exchanges.isWaiting && outbox.isEmpty) return;
  connection.readMissing();
  outbox.reopen();
  flush();
}

function submit(text) {
  if (status === "closed") startNew();
  prompts.spend();
  outbox.add(text);
  transcript.showEnd();
  connection.start();
  flush();
}

function flush() {
  outbox.flush((frame) => connection.send(frame));
}

function confirmMessage(clientId) {
  outbox.confirm(clientId);
  flush();
}

function retryMessage(clientId) {
  statusLine.showConnection(connection.state);
  outbox.retry(clientId);
  flush();
}

function handleInput() {
  connection.start();
  const isPerson = status === "queued" || status === "agent";
  if (!isPerson || Date.now() - lastTyping < TYPING_EVERY) return;
  lastTyping = Date.now();
  connection.send({ type: "typing" });
}

function identify(identity) {
  const isForeign = session.identify(identity);
  if (isForeign) {
    outbox.clear();
    forgetConversation();
  }
  if (connection.state !== "idle") connection.restart();
}

/** The next message opens a new conversation; what waits to be sent goes there. */
function startNew() {
  connection.stop();
  forgetConversation();
  composer.focus();
}

function forgetConversation() {
  session.forget();
  clearScreen();
}

function clearScreen() {
  log.clear();
  exchanges.clear();
  feedback.clear();
  transcript.clear();
  transcript.showOutbox(outbox.entries);
  announcer.clear();
  prompts.clear();
  unread.clear();
  waiting.showBot(false);
  waiting.hideAgent();
  announceAfter = 0;
  setStatus("bot");
}

function setStatus(next, agent) {
  status = next;
  transcript.keepEnd(() => statusLine.showStatus(status, agent));
  composer.setEnabled(status !== "closed");
}

function showConnection(state) {
  statusLine.showConnection(state);
  if (state === "forbidden" || state === "unknownSite") composer.setEnabled(false);
}

function setOpen(isOpen) {
  unread.setOpen(isOpen);
  if (!isOpen) return;
  connection.wake();
  composer.focus();
  transcript.showEnd();
}

function wake() {
  if (document.visibilityState === "visible") connection.wake();
}

function showNetwork() {
  statusLine.showConnection(connection.state);
  wake();
}

find("close").hidden = !Embedding.isFramed;
find("close").addEventListener("click", () => embedding.close());
find("person").addEventListener("click", () => submit(config.person_request));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") embedding.close();
});
document.addEventListener("visibilitychange", wake);
window.addEventListener("online", showNetwork);
window.addEventListener("offline", showNetwork);

transcript.showOutbox(outbox.entries);
setOpen(!Embedding.isFramed);
if (session.conversation || !outbox.isEmpty) connection.start();
