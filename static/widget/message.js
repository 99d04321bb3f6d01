// One message of the log as a list item: who, what, its sources and attachments.

import { build } from "./element.js";
import { buildLink, findSafeUrl, renderMarkdown } from "./markdown.js";
import { WORDING } from "./wording.js";

/** The words of an event's sender for people, `botName` for the bot. */
export function buildAuthor({ sender, agent }, botName) {
  if (sender === "visitor") return WORDING.you;
  if (sender === "bot") return botName;
  if (sender === "agent") return agent || WORDING.agent;
  return WORDING.system;
}

/** What a message says, as nodes; a visitor's text is never Markdown. */
export function renderText({ sender, text }, options) {
  return sender === "visitor" ? document.createTextNode(text) : renderMarkdown(text, options);
}

/** An item with author and body; fill or replace its contents with `fillMessage`. */
export function buildMessage(event, { botName, feedback = null }) {
  const item = build("li", { class: "message", "data-sender": event.sender });
  fillMessage(item, event, { botName, feedback });
  return item;
}

export function fillMessage(item, event, { botName, feedback = null, links = true }) {
  const author = build("p", { class: "author" }, buildAuthor(event, botName));
  if (event.sender === "bot") author.append(build("span", { class: "tag" }, "automated"));
  const body = build("div", { class: "body", dir: "auto" }, renderText(event, { links }));
  if (event.language) body.lang = event.language;
  const extras = [buildLanguage(event), buildSources(event), buildAttachments(event), feedback];
  item.replaceChildren(author, body, ...extras.filter(Boolean));
  addTime(item, author, event);
  if (event.seq) item.dataset.seq = event.seq;
  if (event.exchange) item.dataset.exchange = event.exchange;
  if (event.source) item.dataset.source = event.source;
}

/** Says which language a text is in when the visitor's own was not to be had. */
function buildLanguage({ language }) {
  if (!language) return null;
  return build("p", { class: "language" }, `(${findLanguageName(language)})`);
}

function findLanguageName(language) {
  try {
    return new Intl.DisplayNames(navigator.languages, { type: "language" }).of(language);
  } catch {
    return language; // a code that this browser does not take
  }
}

function buildSources({ sources }) {
  const links = (sources ?? []).map(({ title, url }) => buildNamedLink(title, url)).filter(Boolean);
  if (links.length === 0) return null;
  const label = links.length === 1 ? WORDING.source : WORDING.sources;
  return build("p", { class: "sources" }, build("span", { class: "label" }, label), ...links);
}

function buildAttachments({ attachments }) {
  const links = (attachments ?? []).map(({ name, url }) => buildNamedLink(name, url)).filter(Boolean);
  return links.length ? build("p", { class: "attachments" }, ...links) : null;
}

function buildNamedLink(name, url) {
  const href = findSafeUrl(url, location.origin);
  if (!href) return null;
  const link = buildLink(href);
  link.textContent = name;
  return link;
}

/** Beside the author's name, or below where the name is not shown. */
function addTime(item, author, { at, sender }) {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return;
  const words = date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const time = build("time", { datetime: at, title: date.toLocaleString() }, words);
  (sender === "visitor" || sender === "system" ? item : author).append(time);
}
