// What a condition can be about, and how that reads as a sentence.

const SLOT_OPERATORS = [
  ["known", "is known"],
  ["unknown", "is not known yet"],
  ["is", "is"],
  ["not", "is not"],
  ["in", "is one of"],
  ["not_in", "is none of"],
];
const FOUND_OPERATORS = [
  ["found", "– any of them"],
  ["is", "namely"],
  ["in", "one of"],
];
const NUMBER_OPERATORS = [
  ["is", "is"],
  ["not", "is not"],
  ["at_least", "is at least"],
  ["at_most", "is at most"],
  ["above", "is more than"],
  ["below", "is less than"],
];

export const FACT_WORDS = {
  hours: "the shop",
  language: "the visitor's language",
  site: "the website",
  turn: "the number of this message",
  repeat: "how often the same was just repeated",
  agents_online: "people at the desk",
  last_rule: "the rule that answered last",
  last_rule_run: "answers in a row by that rule",
  last_rejected: "the last answer was rejected",
};

/** The first menu of a condition: everything it can be about, in groups. */
export function buildSubjects(words, current) {
  const named = [
    ...words.named,
    ...words.webhooks.flatMap((name) => [`call.${name}.ok`, `call.${name}.error`]),
  ];
  const facts = words.facts.map((each) => each.name);
  const isNew = current.startsWith("fact:") && current !== "fact:";
  const other = isNew && ![...facts, ...named].includes(current.slice(5)) ? [current.slice(5)] : [];
  const groups = [
    {
      label: "This message",
      options: [
        ["intent", "the visitor wants"],
        ["entity", "the message names"],
      ],
    },
    { label: "Known so far", options: words.slots.map((name) => [`slot:${name}`, name]) },
    {
      label: "The situation",
      options: facts.map((name) => [`fact:${name}`, FACT_WORDS[name] ?? name]),
    },
    {
      label: "The visitor, and what webhooks said",
      options: [...new Set([...named, ...other])].map((name) => [`fact:${name}`, name]),
    },
    { label: "Anything else", options: [["fact:", "another fact …"]] },
  ];
  const slot = current.startsWith("slot:") && current.slice(5);
  if (slot && !words.slots.includes(slot)) groups[1].options.push([current, slot]);
  return groups.filter((group) => group.options.length);
}

export function findSubject(leaf) {
  if ("intent" in leaf) return "intent";
  if ("entity" in leaf) return "entity";
  return "slot" in leaf ? `slot:${leaf.slot}` : `fact:${leaf.fact}`;
}

/** A new condition about a subject, as complete as can be. */
export function buildLeaf(subject, words) {
  if (subject === "intent") return { intent: "" };
  if (subject === "entity") return { entity: words.entities[0]?.name ?? "" };
  const name = subject.slice(5);
  if (subject.startsWith("slot:")) return { slot: name, known: true };
  const kind = findKind({ fact: name }, words);
  if (name === "" || kind.isGuessed) return { fact: name, known: true };
  return { fact: name, is: { flag: true, number: 1 }[kind.type] ?? kind.values?.[0] ?? "" };
}

export function findOperators(leaf, words) {
  if ("intent" in leaf) return [];
  if ("entity" in leaf) return FOUND_OPERATORS;
  const { type, isGuessed } = findKind(leaf, words);
  if (isGuessed)
    return type === "flag"
      ? SLOT_OPERATORS.slice(0, 3)
      : [...SLOT_OPERATORS, ...NUMBER_OPERATORS.slice(2)];
  if (type === "number")
    return "slot" in leaf ? [...SLOT_OPERATORS, ...NUMBER_OPERATORS.slice(2)] : NUMBER_OPERATORS;
  if (type === "flag") return [["is", "is"]];
  return "slot" in leaf ? SLOT_OPERATORS : SLOT_OPERATORS.slice(2);
}

export function findOperator(leaf) {
  const key = Object.keys(leaf).find(
    (each) => !["intent", "entity", "slot", "fact"].includes(each),
  );
  if (key === "known") return leaf.known ? "known" : "unknown";
  return key ?? ("entity" in leaf ? "found" : "");
}

/** What stands on the other side of a condition: `{type, values?}`. */
export function findKind(leaf, words) {
  const [kind] = Object.keys(leaf);
  return findFactKind("fact" in leaf ? leaf.fact : `${kind}.${leaf[kind]}`, words);
}

/** The same for a fact by its full name. */
export function findFactKind(fact, words) {
  const known = words.facts.find((each) => each.name === fact);
  if (known)
    return known.kind === "rule"
      ? { type: "choice", values: words.rules }
      : { type: known.kind, values: known.values };
  const [place, name] = fact.split(/\.(.*)/);
  const entity =
    ["entity", "slot"].includes(place) && words.entities.find((each) => each.name === name);
  if (entity?.kind === "values") return { type: "choice", values: entity.values };
  if (entity) return { type: entity.kind === "number" ? "number" : "text" };
  if (place === "call" && fact.endsWith(".ok")) return { type: "flag" };
  return { type: words.kinds[fact] ?? "open", isGuessed: true };
}

/** The same condition with another operator; what was compared with is kept where it can be. */
export function withOperator(leaf, operator, words) {
  const before = findOperator(leaf);
  const value = leaf[before];
  const subject = Object.fromEntries(
    Object.entries(leaf).filter(([key]) => ["intent", "entity", "slot", "fact"].includes(key)),
  );
  if (operator === "found") return subject;
  if (operator === "known" || operator === "unknown")
    return { ...subject, known: operator === "known" };
  const isList = operator === "in" || operator === "not_in";
  const first = Array.isArray(value)
    ? value[0]
    : before === "known" || before === "unknown"
      ? undefined
      : value;
  const kind = findKind(leaf, words);
  const empty = { number: 1, flag: true }[kind.type] ?? kind.values?.[0] ?? "";
  if (isList) {
    const list = Array.isArray(value) ? value : first === undefined ? [] : [String(first)];
    return { ...subject, [operator]: list.filter(Boolean) };
  }
  const isNumber = ["at_least", "at_most", "above", "below"].includes(operator);
  const usable = isNumber && typeof first !== "number" ? 1 : first;
  return { ...subject, [operator]: usable ?? empty };
}

/** A condition as a sentence, for whoever hears the buttons beside it. */
export function describeLeaf(leaf, words) {
  const subject = findSubject(leaf);
  if (subject === "intent") return `the visitor wants ${leaf.intent || "…"}`;
  const operator = findOperator(leaf);
  const said = findOperators(leaf, words).find(([key]) => key === operator)?.[1] ?? "";
  const name =
    subject === "entity"
      ? `the message names ${leaf.entity}`
      : (FACT_WORDS[leaf.fact] ?? leaf.fact ?? leaf.slot);
  const value = ["known", "unknown", "found"].includes(operator)
    ? ""
    : [leaf[operator]].flat().join(", ");
  return `${name} ${said} ${value}`.trim();
}
