// Marked words behind a text field: the same text again, with what it says underlined.

export class Marks {
  /**
   * @param {HTMLElement} layer behind the field, with the same type and size
   * @param {HTMLTextAreaElement} field
   */
  constructor(layer, field) {
    this.layer = layer;
    this.field = field;
    this.stretches = [];
    field.addEventListener("scroll", () => (layer.scrollTop = field.scrollTop));
  }

  /** @param {[string, string, string][]} stretches text, kind and what it says */
  show(stretches) {
    this.stretches = stretches;
    this.keep();
  }

  /** Until the next answer: what still stands where it stood stays marked. */
  keep() {
    const text = this.field.value;
    const parts = [];
    let at = 0;
    for (const [piece, kind, says] of this.stretches) {
      if (!text.startsWith(piece, at)) break;
      parts.push(buildPart(piece, kind, says));
      at += piece.length;
    }
    // A line break at the end takes up a line in a field, and none elsewhere.
    parts.push(`${text.slice(at)}\n`);
    this.layer.replaceChildren(...parts);
    this.layer.scrollTop = this.field.scrollTop;
  }
}

function buildPart(piece, kind, says) {
  if (!kind) return piece;
  const mark = document.createElement("mark");
  mark.className = `try-mark-${kind}`;
  mark.title = says;
  mark.textContent = piece;
  return mark;
}
