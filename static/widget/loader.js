// The embed script: puts a launcher and, on first open, the chat's iframe on a customer's page.
(() => {
  "use strict";
  if (window.Firstline) return; // included twice: the first one serves

  const script =
    document.currentScript ?? document.querySelector('script[data-site][src*="/widget/loader.js"]');
  const site = script?.dataset.site;
  if (!site) {
    console.error('Firstline: the script tag needs a data-site="KEY" attribute.');
    return;
  }
  const host = new URL(script.src, location.href).origin;

  const STYLES = `
    :host { all: initial !important; }
    * { box-sizing: border-box; }
    [hidden] { display: none !important; }
    .launcher {
      position: fixed; inset-block-end: 20px; inset-inline-end: 20px; z-index: 2147483000;
      inline-size: 64px; block-size: 64px; padding: 0; border: 0; border-radius: 50%;
      display: grid; place-items: center; cursor: pointer; color: #fff; background: #17594a;
      box-shadow: 0 1px 2px rgb(0 0 0 / 0.2), 0 8px 24px rgb(0 0 0 / 0.22);
      transition: background-color 120ms ease, transform 120ms ease;
    }
    .launcher:hover { background: #0f4538; transform: translateY(-1px); }
    .launcher:active { transform: none; }
    .launcher:focus-visible { outline: 3px solid #fff; outline-offset: 2px; box-shadow: 0 0 0 8px #0b5cd6; }
    .launcher svg { inline-size: 28px; block-size: 28px; }
    .launcher[aria-expanded="true"] .bubble, .launcher[aria-expanded="false"] .chevron { display: none; }
    .badge {
      position: absolute; inset-block-start: -4px; inset-inline-end: -4px;
      min-inline-size: 24px; block-size: 24px; padding: 0 7px; border-radius: 12px;
      font: 600 13px/24px system-ui, sans-serif; text-align: center; color: #fff; background: #b3261e;
      box-shadow: 0 0 0 2px #fff;
    }
    .panel {
      position: fixed; inset-block-end: 96px; inset-inline-end: 20px; z-index: 2147482999;
      inline-size: 400px; block-size: min(640px, calc(100vh - 116px));
      block-size: min(640px, calc(100dvh - 116px)); overflow: hidden; border-radius: 16px;
      background: #fff; box-shadow: 0 0 0 1px rgb(0 0 0 / 0.08), 0 12px 48px rgb(0 0 0 / 0.24);
      animation: rise 160ms ease-out;
    }
    .panel.ready { z-index: 2147483001; } /* until then the launcher stays on top: the way back */
    iframe { display: block; inline-size: 100%; block-size: 100%; border: 0; }
    @keyframes rise { from { opacity: 0; transform: translateY(12px); } }
    @media (max-width: 667px), (max-height: 667px) {
      .panel { inset: 0; inline-size: 100%; block-size: 100vh; block-size: 100dvh; border-radius: 0; }
    }
    @media (prefers-color-scheme: dark) {
      .launcher { background: #8fd6be; color: #06281f; }
      .launcher:hover { background: #a9e3cf; }
      .launcher:focus-visible { outline-color: #10201b; box-shadow: 0 0 0 8px #8ab8ff; }
      .badge { color: #3b0906; background: #ffb4ab; box-shadow: 0 0 0 2px #10201b; }
      .panel { background: #151a19; box-shadow: 0 0 0 1px rgb(255 255 255 / 0.14), 0 12px 48px rgb(0 0 0 / 0.6); }
    }
    @media (prefers-reduced-motion: reduce) {
      .launcher { transition: none; }
      .launcher:hover { transform: none; }
      .panel { animation: none; }
    }
    @media (forced-colors: active) { .launcher, .panel { border: 2px solid ButtonText; } }
    @media print { .launcher, .panel { display: none; } }
  `;

  const SVG = "http://www.w3.org/2000/svg";
  const BUBBLE = "M4 5.5A2.5 2.5 0 0 1 6.5 3h11A2.5 2.5 0 0 1 20 5.5v8a2.5 2.5 0 0 1-2.5 2.5H11l-5 4.5V16h-.5A1.5 1.5 0 0 1 4 14.5z";
  const CHEVRON = "m5.5 9 6.5 6.5L18.5 9";

  const build = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };

  const buildIcon = (name, path, attributes) => {
    const svg = document.createElementNS(SVG, "svg");
    const shape = document.createElementNS(SVG, "path");
    const all = { viewBox: "0 0 24 24", "aria-hidden": "true", class: name, ...attributes };
    for (const [key, value] of Object.entries(all)) svg.setAttribute(key, value);
    shape.setAttribute("d", path);
    svg.append(shape);
    return svg;
  };

  const stroke = { fill: "none", stroke: "currentColor", "stroke-width": "2.5", "stroke-linecap": "round" };
  const badge = build("span", { class: "badge", "aria-hidden": "true", hidden: "" });
  const launcher = build(
    "button",
    {
      class: "launcher",
      type: "button",
      "aria-label": "Open chat",
      "aria-expanded": "false",
      "aria-controls": "firstline-panel",
      "aria-haspopup": "dialog",
    },
    buildIcon("bubble", BUBBLE, { fill: "currentColor" }),
    buildIcon("chevron", CHEVRON, stroke),
    badge,
  );
  const panel = build("div", {
    id: "firstline-panel",
    class: "panel",
    role: "dialog",
    "aria-label": "Chat",
    hidden: "",
  });

  const PATIENCE = 10000; // ms until a frame that says nothing is reported to the page's author

  let frame = null;
  let isReady = false;
  let isOpen = false;
  let waiting = []; // what the page asked for before the frame could listen

  const deliver = (message) => {
    frame.contentWindow.postMessage({ firstline: 1, ...message }, host);
  };

  const send = (message) => {
    if (isReady) deliver(message);
    else waiting.push(message);
  };

  const addFrame = () => {
    // The frame believes and answers this origin only; the server's frame-ancestors vouches for it.
    const source = `${host}/widget/frame/?site=${encodeURIComponent(site)}#${location.origin}`;
    frame = build("iframe", { title: "Chat", src: source, allow: "" });
    panel.append(frame);
    setTimeout(() => {
      if (isReady) return;
      const where = `${location.origin} may not be among the origins of the site "${site}"`;
      console.error(`Firstline: the chat did not load. ${where}: see Sites in the console.`);
    }, PATIENCE);
  };

  const showState = () => {
    panel.hidden = !isOpen;
    launcher.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) showUnread(0);
    else launcher.focus();
  };

  const showUnread = (count) => {
    badge.hidden = count === 0;
    badge.textContent = count > 9 ? "9+" : String(count);
    const suffix = count === 1 ? ", 1 new message" : `, ${count} new messages`;
    launcher.setAttribute("aria-label", (isOpen ? "Close chat" : "Open chat") + (count ? suffix : ""));
  };

  const open = () => {
    if (!frame) addFrame();
    if (!isOpen) {
      isOpen = true;
      showState();
      send({ type: "opened" });
    }
    frame.focus();
  };

  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    send({ type: "closed" });
    showUnread(0);
    showState();
  };

  const handlers = {
    ready: () => {
      isReady = true;
      panel.classList.add("ready");
      waiting.forEach(deliver);
      waiting = [];
    },
    close,
    unread: ({ count }) => {
      if (!isOpen && Number.isInteger(count) && count >= 0) showUnread(count);
    },
  };

  window.addEventListener("message", (event) => {
    if (!frame || event.source !== frame.contentWindow || event.origin !== host) return;
    if (event.data?.firstline === 1 && Object.hasOwn(handlers, event.data.type)) {
      handlers[event.data.type](event.data);
    }
  });
  launcher.addEventListener("click", () => (isOpen ? close() : open()));

  const mount = () => {
    const root = build("firstline-chat");
    const shadow = root.attachShadow({ mode: "open" }); // open: assistive and testing tools look in
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLES);
    shadow.adoptedStyleSheets = [sheet];
    shadow.append(launcher, panel);
    shadow.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && isOpen) close();
    });
    document.body.append(root);
    window.dispatchEvent(new Event("firstline:ready"));
  };

  window.Firstline = Object.freeze({
    open,
    close,
    /** Says who is signed in (a signed identity), or with null that nobody is any more. */
    identify: (identity) => send({ type: "identify", identity }),
    /** Opens the chat and sends a text as the visitor. */
    ask: (text) => {
      open();
      send({ type: "ask", text: String(text) });
    },
  });

  if (document.body) mount();
  else document.addEventListener("DOMContentLoaded", mount);
})();
