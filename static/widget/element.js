// Builds elements and icons from values; texts only ever become text nodes.

const SVG = "http://www.w3.org/2000/svg";

const ICONS = {
  up: "M7 10v10H4V10zm3 10h7.2a2 2 0 0 0 2-1.6l1.2-6a2 2 0 0 0-2-2.4H14l.7-4.2A1.6 1.6 0 0 0 13.1 4L9.5 9.3V19a1 1 0 0 0 .5 1z",
  down: "M17 14V4h3v10zm-3-10H6.8a2 2 0 0 0-2 1.6l-1.2 6a2 2 0 0 0 2 2.4H10l-.7 4.2a1.6 1.6 0 0 0 1.6 1.8l3.6-5.3V5a1 1 0 0 0-.5-1z",
};

/** `build("button", {type: "button", hidden: true, onclick: f}, "Text", node)` */
export function build(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value);
    }
  }
  element.append(...children);
  return element;
}

export function buildIcon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}
