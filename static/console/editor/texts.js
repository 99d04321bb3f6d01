// What is said to the visitor: one text, or one for each language, with placeholders.

import { announce, element, tool } from "./element.js";
import { menu } from "./menu.js";

const COMMON = ["en", "de", "fr", "es", "it", "nl", "pl", "pt", "tr", "ar", "uk", "zh"];

/**
 * @param {{value: string | Record<string, string>, label: string, key: string, words: any,
 *   change: (value: any, redraw?: boolean, focus?: string) => void}} options
 */
export function texts({ value, label, key, words, change }) {
  const versions = typeof value === "string" ? [["", value]] : Object.entries(value);
  const build = (pairs) =>
    pairs.length === 1 && pairs[0][0] === "" ? pairs[0][1] : Object.fromEntries(pairs);
  const fields = [];
  let last = null;

  const rows = versions.map(([language, text], at) => {
    const field = element("textarea", {
      rows: 2,
      value: text,
      "aria-label": language ? `${label}, in ${nameLanguage(language)}` : label,
      dataset: { key: `${key}.text.${at}` },
      onfocus: () => (last = field),
      oninput: () => {
        versions[at][1] = field.value;
        change(build(versions));
      },
    });
    fields.push(field);
    if (!language) return field;
    return element(
      "div",
      { class: "editor-version" },
      element("span", { class: "editor-language", title: nameLanguage(language) }, language),
      field,
      tool("close", `Remove ${nameLanguage(language)}`, () => drop(at)),
    );
  });

  function drop(at) {
    announce(`Removed: ${nameLanguage(versions[at][0])}`);
    const rest = versions.filter((_, each) => each !== at);
    // The last one left is for every language.
    change(rest.length === 1 ? rest[0][1] : build(rest), true, `${key}.text.0`);
  }

  function add(language) {
    const first = versions[0][0] === "" ? [[findMain(words, language), versions[0][1]]] : versions;
    change(build([...first, [language, ""]]), true, `${key}.text.${first.length}`);
  }

  function insert(name) {
    const field = last?.isConnected ? last : fields[0];
    field.setRangeText(`{${name}}`, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input"));
    field.focus();
  }

  const used = versions.map(([language]) => language);
  const offered = [...new Set([...words.languages, ...COMMON])].filter(
    (each) => !used.includes(each),
  );
  return element(
    "div",
    { class: "editor-texts" },
    ...rows,
    element(
      "div",
      { class: "editor-add" },
      menu({
        name: "data_object",
        label: "Insert what is known",
        groups: buildPlaceholders(words),
        choose: insert,
      }),
      menu({
        name: "translate",
        label: "Another language",
        groups: [{ label: "Its text", options: offered.map((each) => [each, nameLanguage(each)]) }],
        choose: add,
      }),
    ),
  );
}

function buildPlaceholders(words) {
  const named = words.named.filter((name) => name.startsWith("call."));
  const visitor = words.named.filter((name) => name.startsWith("visitor."));
  const pair = (name) => [name, `{${name}}`];
  return [
    { label: "Known so far", options: words.slots.map(pair) },
    { label: "What webhooks said", options: named.map(pair) },
    { label: "The visitor", options: [...visitor, "language"].map(pair) },
  ];
}

/** The language of a text that had none so far. */
function findMain(words, other) {
  return ["en", ...words.languages].find((language) => language !== other) ?? "en";
}

function nameLanguage(code) {
  try {
    return new Intl.DisplayNames(["en"], { type: "language" }).of(code) ?? code;
  } catch {
    return code; // no code that a browser knows
  }
}
