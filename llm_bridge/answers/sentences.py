"""Cuts a text that is still being written into sentences: each is given once it is certainly whole.

The same text gives the same pieces however it arrives. Where no sentence ends for long, a clause,
else a word is given: what a visitor sees never waits for more than MAX_HELD characters (a link or
an unbroken word excepted, because half of one could not be guarded).
"""

from __future__ import annotations

import re

MAX_HELD = 320

# Marks that end a sentence only before white space, and those that need none.
_MARKS = frozenset(".!?…؟۔։።")
_WIDE_MARKS = frozenset("。！？｡．।॥។။")
_CLOSING = frozenset("\"'”’»›)]）］」』】*_~")
_CLAUSE_MARKS = frozenset(",;:،؛–—")
_WIDE_CLAUSE_MARKS = frozenset("、，；：")
# Only white space that guards keep: what stands on both sides of other kinds might join.
_SPACE = frozenset(" \n\t")
# Scripts without spaces between words; vowel signs and tone marks stay with their letter.
_DENSE = re.compile(
    "[\u0e01-\u0e30\u0e40-\u0e46\u0e81-\u0eb0\u0ec0-\u0ec4\u1000-\u102a\u1780-\u17b3"
    "\u3041-\u30fa\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
)
# Thai, Lao, Burmese and Khmer: a space stands between clauses and sentences.
_UNMARKED = re.compile("[\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff]")
_SHORTEST_UNMARKED = 60

_MAX_LINK_TEXT = 303
_MAX_LINK = 1_700

_LAST_WORD = re.compile(r"[^\W_](?:[\w.'’/-]{0,18}\w)?\Z")
# Words whose full stop ends no sentence, in the languages of the widget.
_ABBREVIATIONS = frozenset(
    """
    approx cf dr e.g eg esp fig i.e ie incl max messrs min mr mrs ms mt prof resp sr st vs viz
    abb abs allg bspw bzgl bzw ca d.h dipl evtl exkl geb gem ggf ggü hl hr hrn i.d.r inkl ing
    mind mwst o.g o.ä s.o s.u sog str tägl tel u.a u.u ugs usf v.a vgl z.b z.t zb zzgl
    p.ej ej sra srta ud uds vd av avda dña c.f p.ex ex mme mlle env boul
    sig sigg sig.ra dott dott.ssa egr gent pag p.es ecc.mo
    bijv d.w.z dhr evt excl mevr mw nl n.a.v o.a t.a.v t/m z.s.m
    exmo exma sr.a vossa np tzn tzw godz ul prof.dr nr tj tzv např atd inż т.е т.к г ул руб напр
    """.split()  # noqa: SIM905 - thirty lines of quotation marks read worse
)
# Words whose full stop ends no sentence before a number.
_BEFORE_NUMBER = frozenset("no nos nr n num núm art pp p s str bl kap ch sec vol pos ext".split())  # noqa: SIM905


class SentenceCutter:
    """Takes a text in pieces and gives its sentences, each with the white space behind it."""

    def __init__(self) -> None:
        self._held = ""
        self._at = 0  # how far it has been looked at
        self._start_over()

    def _start_over(self) -> None:
        self._mark: int | None = None  # of a sentence that perhaps ended there
        self._link: int | None = None  # where a link began
        self._link_part = ""  # its text, the seam, or its address
        self._boundary: dict[str, int] = {}

    def add(self, text: str) -> list[str]:
        """The sentences that are now known to be whole."""
        self._held += text
        found: list[str] = []
        while self._at < len(self._held):
            if cut := self._look(self._at):
                found.append(self._held[:cut])
                self._held, self._at = self._held[cut:], 0
                self._start_over()
            else:
                self._at += 1
        return found

    def finish(self) -> str:
        """What is left."""
        left, self._held, self._at = self._held, "", 0
        self._start_over()
        return left

    def _look(self, at: int) -> int | None:
        """Where to cut, now that the character at this place is known."""
        self._follow_link(at)
        cut = None
        if self._link is None or self._link == at:
            cut = self._find_end(at)
            self._note_boundary(at)
        return self._find_break() if cut is None and at >= MAX_HELD else cut

    def _find_end(self, at: int) -> int | None:
        """The end of a sentence before this character, if it tells that there is one."""
        character, before = self._held[at], self._held[at - 1 : at]
        if character in _SPACE:
            if character == "\n" and self._mark is None:
                self._mark = at
            return None
        if self._mark is not None and character in _CLOSING and before not in _SPACE:
            return None
        mark, self._mark = self._mark, None
        if character in _MARKS or character in _WIDE_MARKS:
            self._mark = at
        is_end = self._is_unmarked_end(at) if mark is None else self._is_end(mark, at)
        return at if is_end else None

    def _is_end(self, mark: int, at: int) -> bool:
        held, following = self._held, self._held[at]
        if "\n" in held[mark:at]:
            return bool(held[:mark].strip())
        if held[at - 1] not in _SPACE:
            is_wide = held[mark] in _WIDE_MARKS and following not in _WIDE_MARKS
            return is_wide and held[at - 1 : at + 1] != "]("
        if held[mark] == ".":
            return _ends_sentence(held[max(0, mark - 21) : mark], following)
        # “Really?” he said. (Yes!) it went on…
        is_inside = held[mark] == "…" or bool(held[mark + 1 : at].strip())
        return not (is_inside and following.islower())

    def _is_unmarked_end(self, at: int) -> bool:
        """Where sentences have no mark, the space between two of them is one."""
        if at < _SHORTEST_UNMARKED or self._held[at - 1] != " ":
            return False
        return bool(_UNMARKED.match(self._held[at]) and _UNMARKED.match(self._held[at - 2]))

    def _find_break(self) -> int | None:
        """Where to cut a sentence that has become too long to wait for."""
        clause, word = self._boundary.get("clause", 0), self._boundary.get("word", 0)
        best = clause if clause > MAX_HELD // 3 else max(clause, word)
        return best or self._boundary.get("letter")

    def _note_boundary(self, at: int) -> None:
        """Remembers where to cut at the worst: after a clause, between words or letters."""
        held = self._held
        if at == 0 or held[at] in _SPACE:
            return
        if held[at - 1] in _SPACE:
            before = held[:at].rstrip(" \n\t")[-1:]
            self._boundary["clause" if before in _CLAUSE_MARKS else "word"] = at
        elif held[at - 1] in _WIDE_CLAUSE_MARKS:
            self._boundary["clause"] = at
        elif _DENSE.match(held[at]) and _DENSE.match(held[at - 1]):
            self._boundary["letter"] = at

    def _follow_link(self, at: int) -> None:
        character = self._held[at]
        if self._link is None or character == "[":
            if character == "[":
                self._link, self._link_part = at, "text"
                self._link -= self._held[at - 1 : at] == "!"
        elif self._link_part == "text":
            if character == "]":
                self._link_part = "seam"
            elif character == "\n" or at - self._link > _MAX_LINK_TEXT:
                self._link = None
        elif self._link_part == "seam":
            self._link = self._link if character == "(" else None
            self._link_part = "address"
        elif character in "()\n" or at - self._link > _MAX_LINK:
            self._link = None


def _ends_sentence(before: str, following: str) -> bool:
    """Whether a full stop behind `before` ends a sentence, `following` being what comes next."""
    if following.islower():
        return False
    found = _LAST_WORD.search(before)
    if found is None:
        return True
    word = found[0].casefold()
    if word in _ABBREVIATIONS or (len(word) == 1 and word.isalpha()):
        return False
    is_alone = not before[: found.start()].strip(" \n\t") or before[found.start() - 1] in _SPACE
    if word.isdecimal() and len(word) <= 2 and is_alone:  # a list's number, or a day: 3. Mai
        return False
    return not (word in _BEFORE_NUMBER and following.isdecimal())
