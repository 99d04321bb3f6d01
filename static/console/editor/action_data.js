// The kinds of actions, and what of them a form can show.

export const KINDS = {
  reply: {
    icon: "chat_bubble",
    title: "Say",
    add: "Say something",
    make: () => ({ reply: "" }),
    keys: ["options"],
  },
  ask: {
    icon: "help",
    title: "Ask for",
    add: "Ask for something",
    make: (words) => ({ ask: words.entities[0]?.name ?? "", prompt: "" }),
    keys: ["prompt", "retries"],
  },
  set: {
    icon: "bookmark",
    title: "Remember",
    add: "Remember something",
    make: () => ({ set: { "": "" } }),
    keys: [],
  },
  tag: {
    icon: "label",
    title: "Tag the conversation",
    add: "Tag the conversation",
    make: () => ({ tag: [] }),
    keys: [],
  },
  call: {
    icon: "sync_alt",
    title: "Look it up by webhook",
    add: "Look something up",
    make: (words) => ({ call: words.webhooks[0] ?? "" }),
    keys: [],
  },
  escalate: {
    icon: "auto_awesome",
    title: "Pass to the model",
    add: "Pass to the model",
    make: () => ({ escalate: true }),
    keys: [],
  },
  handoff: {
    icon: "support_agent",
    title: "Hand over to people",
    add: "Hand over to people",
    make: () => ({ handoff: true }),
    keys: [],
  },
  close: {
    icon: "door_open",
    title: "End the conversation",
    add: "End the conversation",
    make: () => ({ close: true }),
    keys: [],
  },
};

/** Which form shows an action; none where it says something that no form shows. */
export function findKind(action) {
  if (typeof action !== "object" || action === null || Array.isArray(action)) return null;
  const keys = Object.keys(action);
  const kind = Object.keys(KINDS).find((each) => keys.includes(each));
  if (!kind || keys.some((key) => key !== kind && !KINDS[kind].keys.includes(key))) return null;
  return CHECKS[kind](action) ? kind : null;
}

const isText = (value) => typeof value === "string";
const isTexts = (value) =>
  isText(value) ||
  (isMapping(value) && Object.keys(value).length > 0 && Object.values(value).every(isText));
const isMapping = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isList = (value) => Array.isArray(value) && value.every(isText);

const CHECKS = {
  reply: (action) =>
    isTexts(action.reply) && (action.options === undefined || isList(action.options)),
  ask: (action) =>
    isText(action.ask) &&
    (action.prompt === undefined || isTexts(action.prompt)) &&
    (action.retries === undefined || Number.isInteger(action.retries)),
  set: (action) =>
    isMapping(action.set) &&
    Object.values(action.set).every((value) =>
      ["string", "number", "boolean"].includes(typeof value),
    ),
  tag: (action) => isText(action.tag) || isList(action.tag),
  call: (action) => isText(action.call),
  escalate: (action) => action.escalate === true || isText(action.escalate),
  handoff: (action) => action.handoff === true || isText(action.handoff),
  close: (action) => action.close === true,
};

const isEmpty = (value) =>
  isText(value) ? !value.trim() : !value || Object.values(value).some(isEmpty);

/** What an action still lacks, to be said kindly. */
export function findUnfinished(kind, action) {
  const lacks = {
    reply: () => isEmpty(action.reply) && "Write what to say.",
    ask: () =>
      (isEmpty(action.ask) && "Choose what to ask for.") ||
      (isEmpty(action.prompt) && "Write the question."),
    set: () => "" in action.set && "Give it a name to remember it by.",
    tag: () => [action.tag].flat().length === 0 && "Add a tag.",
    call: () => isEmpty(action.call) && "Choose a webhook.",
  };
  const hint = lacks[kind]?.();
  return hint ? { hint } : null;
}
