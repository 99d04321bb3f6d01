"""Personal data: how much is found, how much of what is found is none, and the way back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from benchmarks.guards.measuring import Row, Stopwatch
from benchmarks.guards.messages import has, read_rows
from llm_bridge.guards.personal import Kind, Vault, find_personal

# Of the set's labels, those that are personal data to us; nobody is named by a town or a title.
_KINDS = {
    "EMAIL_ADDRESS": Kind.EMAIL,
    "PHONE_NUMBER": Kind.PHONE,
    "CREDIT_CARD": Kind.CARD,
    "IBAN_CODE": Kind.IBAN,
    "US_SSN": Kind.ID,
    "US_DRIVER_LICENSE": Kind.ID,
    "IP_ADDRESS": Kind.IP,
    "STREET_ADDRESS": Kind.ADDRESS,
    "ZIP_CODE": Kind.ADDRESS,
    "PERSON": Kind.NAME,
}
_PARTS_OF = {Kind.ADDRESS: {"GPE"}, Kind.BIRTHDAY: {"DATE_TIME"}}


@dataclass(slots=True)
class Tally:
    """What of one kind was labelled, found whole, and found where nothing personal stands."""

    labelled: int = 0
    found: int = 0
    claimed: int = 0
    wrong: int = 0
    watch: Stopwatch = field(default_factory=Stopwatch)


def measure() -> Iterator[Row]:
    """A row a kind, then one for texts that did not come back exactly, which no text may."""
    for split in ("test", "train"):
        if has(f"pii/{split}.jsonl.gz"):
            yield from _measure_split(split)


def _measure_split(split: str) -> Iterator[Row]:
    tallies = {kind: Tally() for kind in Kind}
    lost, count, watch = 0, 0, Stopwatch()
    for row in read_rows(f"pii/{split}.jsonl.gz"):
        text, count = row["text"], count + 1
        _count(tallies, text, row["spans"], watch)
        vault = Vault(salt="benchmark")
        vault.learn(text)
        lost += vault.restore(vault.mask(text)) != text
    for kind, tally in tallies.items():
        if tally.labelled or tally.claimed:
            caught, wrong = (tally.found, tally.labelled), (tally.wrong, tally.claimed)
            yield Row(
                guard="personal", what=f"{kind}, {split}", caught=caught, blocked=wrong, watch=watch
            )
    back = (count - lost, count)
    yield Row(guard="personal", what=f"way back, {split}", caught=back, blocked=(0, 0), watch=watch)


def _count(
    tallies: dict[Kind, Tally], text: str, spans: list[list[object]], watch: Stopwatch
) -> None:
    found = watch.time(find_personal, text)
    covered = {at for span in found for at in range(span.start, span.end)}
    labels = [(str(name), int(str(start)), int(str(end))) for name, start, end in spans]
    for name, start, end in labels:
        if name in _KINDS:
            tally = tallies[_KINDS[name]]
            tally.labelled += 1
            tally.found += covered.issuperset(range(start, end))
    for span in found:
        allowed = _KINDS.keys() | _PARTS_OF.get(span.kind, set())
        tallies[span.kind].claimed += 1
        tallies[span.kind].wrong += not any(
            name in allowed and start < span.end and span.start < end for name, start, end in labels
        )
