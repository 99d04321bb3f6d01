// Every word the widget itself says, so that a translation has one place to change.

export const WORDING = {
  person: "Talk to a person",
  personAsked: "In the queue",
  personHere: "With a person",
  you: "You",
  agent: "Team member",
  system: "Notice",
  source: "Source",
  sources: "Sources",
  helpful: "This answer helped",
  unhelpful: "This answer did not help",
  commentLabel: "What was missing? (optional)",
  commentSend: "Send",
  commentThanks: "Thank you, noted.",
  working: "Still working on it…",
  typing: "is typing",
  sending: "Sending…",
  waiting: "Will be sent when the connection is back",
  failed: "Not sent",
  retry: "Try again",
  discard: "Delete",
  queued: "You are in the queue for a person; the assistant is silent until then",
  agentHere: (name) => (name ? `${name} from the team is here` : "A person has joined"),
  botBack: "The assistant is back",
  closed: "This conversation has ended",
  startNew: "Start a new one",
  reconnecting: "No connection. Trying again…",
  offline: "You are offline. Your messages wait here and are sent when you are back.",
  slowDown: "That was quick. Your message is sent in a moment.",
  forbidden: "This chat cannot be used from this page. Please contact the site another way.",
  unknownSite: "This chat is not set up: the site's key is unknown.",
  tooLong: (over) => `Too long by ${over} ${over === 1 ? "character" : "characters"}`,
  left: (count) => `${count} ${count === 1 ? "character" : "characters"} left`,
};

/** Why a message was not sent, for the visitor, by the server's error code. */
export const FAILURES = {
  too_long: "Not sent: longer than 2,000 characters",
  closed: "Not sent: the conversation has ended",
  forbidden: "Not sent: not allowed",
};
