// Conditions as the rulebook file has them, read into what the builder shows, and back.

export const GROUPS = ["all", "any", "none"];

const OPERATORS = {
  intent: [],
  entity: ["is", "in"],
  slot: ["known", "is", "not", "in", "not_in"],
  fact: ["known", "is", "not", "in", "not_in", "at_least", "at_most", "above", "below"],
};

/** A part as `{kind, parts}`, `{leaf}`, or `{raw}` where the builder has no form for it. */
export function readPart(data) {
  const keys = isMapping(data) ? Object.keys(data) : [];
  if (keys.length === 1 && GROUPS.includes(keys[0]) && Array.isArray(data[keys[0]])) {
    return { kind: keys[0], parts: data[keys[0]].map(readPart) };
  }
  return isLeaf(data) ? { leaf: data } : { raw: data };
}

export function writePart(part) {
  if (part.kind) return { [part.kind]: part.parts.map(writePart) };
  return part.leaf ?? part.raw;
}

/** The whole condition: a lone leaf is shown in a group of its own, and written back alone. */
export function readCondition(data) {
  if (data === null || data === undefined)
    return { kind: "all", parts: [{ leaf: { intent: "" } }] };
  const part = readPart(data);
  return part.kind ? part : { kind: "all", parts: [part], isBare: true };
}

export function writeCondition(root) {
  const isBare = root.isBare && root.kind === "all" && root.parts.length === 1;
  return isBare ? writePart(root.parts[0]) : writePart(root);
}

function isMapping(data) {
  return typeof data === "object" && data !== null && !Array.isArray(data);
}

function isLeaf(data) {
  if (!isMapping(data)) return false;
  const subject = Object.keys(OPERATORS).find((each) => each in data);
  if (!subject || typeof data[subject] !== "string") return false;
  const rest = Object.keys(data).filter((key) => key !== subject);
  if (rest.length > 1 || (rest.length === 1 && !OPERATORS[subject].includes(rest[0]))) return false;
  if (!rest.length) return subject === "intent" || subject === "entity";
  return isOperand(rest[0], data[rest[0]]);
}

function isOperand(operator, value) {
  if (operator === "known") return typeof value === "boolean";
  if (operator === "in" || operator === "not_in") {
    return Array.isArray(value) && value.every((each) => typeof each === "string");
  }
  return ["string", "number", "boolean"].includes(typeof value);
}
