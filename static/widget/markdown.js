// The Markdown subset of answers, built as DOM nodes: no text ever becomes markup.

const MAX_DEPTH = 6;
const LINK = /\[((?:\\.|[^[\]\\\n])+)\]\(\s*([^\s()<>]+(?:\([^\s()<>]*\)[^\s()<>]*)*)\s*\)/y;
const LIST_ITEM = /^ {0,3}(?:([-*+])|(\d{1,9})[.)])[ \t]+(.*)$/;
const PUNCTUATION = /[!-/:-@[-`{-~]/;
const LETTER = /[\p{L}\p{N}_]/u;
const MARKERS = ["**", "__", "*", "_"];

/** The address as a browser writes it when it is http(s) or mailto, else null. */
export function findSafeUrl(address, base = undefined) {
  try {
    const url = new URL(address, base);
    return ["http:", "https:", "mailto:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** A link out of the chat that tells the other side nothing about it. */
export function buildLink(href) {
  const link = document.createElement("a");
  link.href = href;
  link.target = "_blank";
  link.rel = "noopener noreferrer nofollow";
  return link;
}

/** A fragment of p, ul, ol, li, br, strong, em and a; with `links: false` no a, but its words. */
export function renderMarkdown(text, { links = true } = {}) {
  const fragment = document.createDocumentFragment();
  for (const block of splitBlocks(text)) fragment.append(renderBlock(block, links));
  return fragment;
}

/** Lines gathered into paragraphs and lists: `{tag: "p" | "ul" | "ol", start, lines}`. */
function splitBlocks(text) {
  const blocks = [];
  let open = null;
  for (const line of text.split(/\r\n|\r|\n/)) {
    const item = LIST_ITEM.exec(line);
    const tag = item ? (item[1] ? "ul" : "ol") : "p";
    if (line.trim() === "") open = open?.tag === "p" ? null : open;
    else if (open && (open.tag === tag || continuesItem(open, line))) extend(open, item, line);
    else {
      open = { tag, start: Number(item?.[2] ?? 1), lines: [item ? item[3] : line] };
      blocks.push(open);
    }
  }
  return blocks;
}

function continuesItem(block, line) {
  return block.tag !== "p" && /^\s{2,}/.test(line);
}

function extend(block, item, line) {
  if (item || block.tag === "p") block.lines.push(item ? item[3] : line);
  else block.lines[block.lines.length - 1] += `\n${line.trim()}`;
}

function renderBlock({ tag, start, lines }, links) {
  const element = document.createElement(tag);
  if (tag === "p") {
    element.append(...renderInline(lines.join("\n"), { links, depth: 0 }));
    return element;
  }
  if (tag === "ol" && start !== 1) element.start = start;
  for (const line of lines) {
    const item = document.createElement("li");
    item.append(...renderInline(line, { links, depth: 0 }));
    element.append(item);
  }
  return element;
}

function renderInline(text, { links, depth }) {
  const nodes = [];
  const hopeless = new Set(); // markers without a closing one from here on
  let plain = "";
  let at = 0;
  const push = (node, end) => {
    if (plain) nodes.push(document.createTextNode(plain));
    plain = "";
    nodes.push(node);
    at = end;
  };
  while (at < text.length) {
    const span = depth < MAX_DEPTH && findSpan(text, at, { links, depth, hopeless });
    if (text[at] === "\\" && PUNCTUATION.test(text[at + 1] ?? "")) {
      plain += text[at + 1];
      at += 2;
    } else if (text[at] === "\n") push(document.createElement("br"), at + 1);
    else if (span) push(span.node, span.end);
    else {
      plain += text[at];
      at += 1;
    }
  }
  if (plain) nodes.push(document.createTextNode(plain));
  return nodes;
}

function findSpan(text, at, { links, depth, hopeless }) {
  if (text[at] === "[") return findLink(text, at, { links, depth });
  if (text[at] === "*" || text[at] === "_") return findEmphasis(text, at, { links, depth, hopeless });
  return null;
}

function findLink(text, at, { links, depth }) {
  LINK.lastIndex = at;
  const [whole, label, address] = LINK.exec(text) ?? [];
  const href = whole && findSafeUrl(address);
  if (!href) return null;
  const node = links ? buildLink(href) : document.createElement("span");
  node.append(...renderInline(label, { links: false, depth: depth + 1 }));
  return { node, end: at + whole.length };
}

function findEmphasis(text, at, { links, depth, hopeless }) {
  const marker = MARKERS.find((candidate) => text.startsWith(candidate, at));
  if (hopeless.has(marker) || !canOpen(text, at, marker)) return null;
  const inner = at + marker.length;
  const end = findClosing(text, inner, marker);
  if (end === -1) {
    hopeless.add(marker);
    return null;
  }
  const node = document.createElement(marker.length === 2 ? "strong" : "em");
  node.append(...renderInline(text.slice(inner, end), { links, depth: depth + 1 }));
  return { node, end: end + marker.length };
}

function canOpen(text, at, marker) {
  const isInsideWord = marker[0] === "_" && LETTER.test(text[at - 1] ?? "");
  return !isInsideWord && /\S/.test(text[at + marker.length] ?? "");
}

function findClosing(text, from, marker) {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text.startsWith(marker, at)) {
      const run = runLength(text, at);
      if (at > from && canClose(text, at, marker)) return at + run - marker.length;
      at += run - 1;
    } else if (text[at] === marker[0]) at += runLength(text, at) - 1;
  }
  return -1;
}

function canClose(text, at, marker) {
  const run = runLength(text, at);
  const fits = run === marker.length || run === 3;
  const isInsideWord = marker[0] === "_" && LETTER.test(text[at + run] ?? "");
  return fits && !isInsideWord && /\S/.test(text[at - 1]);
}

function runLength(text, at) {
  let end = at;
  while (text[end] === text[at]) end += 1;
  return end - at;
}
