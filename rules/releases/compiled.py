"""Releases compiled in this process: what stayed the same since an earlier one is not made anew."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from django.conf import settings

from rules.building import beside_traffic
from rules.evaluator import Evaluator, build_evaluator
from rules.models import Release
from rules.rulebook.parsing import parse_rulebook

KEPT = 3  # releases that nothing serves any more, for answers that are still on their way

Digests = Mapping[tuple[str, str], bytes]  # by section and name


@dataclass(frozen=True, slots=True)
class Compiled:
    """One release, ready to decide by."""

    release_id: int
    number: int
    evaluator: Evaluator
    digests: Digests


class CompiledReleases:
    """Compiled once however many threads ask; raises what compiling raises."""

    def __init__(self) -> None:
        self._known: dict[int, Compiled] = {}
        self._locks: dict[int, threading.Lock] = {}

    def get(self, *, release_id: int, previous: Compiled | None = None) -> Compiled:
        """Raises Release.DoesNotExist, and RulebookError for what no rulebook is."""
        with self._locks.setdefault(release_id, threading.Lock()):
            found = self._known.pop(release_id, None)
            if found is None:
                with beside_traffic(len(previous.digests) if previous else 0):
                    found = _compile(Release.objects.get(pk=release_id), previous)
            self._known[release_id] = found  # the last in line to be forgotten
        self._forget_oldest()
        return found

    def _forget_oldest(self) -> None:
        # Not closed here: a decision may still hold it; the evaluator frees itself when unused.
        for release_id in list(self._known)[:-KEPT]:
            self._known.pop(release_id, None)
            self._locks.pop(release_id, None)


def _compile(release: Release, previous: Compiled | None) -> Compiled:
    digests = dict(_build_digests(release.content))
    same = _find_same(digests, previous) if previous else {}
    with beside_traffic(len(digests)):
        rulebook = parse_rulebook(release.content, same=same)
        evaluator = build_evaluator(
            rulebook,
            engine=settings.ENVIRONMENT.rules_engine,
            reuse=previous.evaluator if previous else None,
        )
    return Compiled(
        release_id=release.pk, number=release.number, evaluator=evaluator, digests=digests
    )


def _build_digests(content: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], bytes]]:
    for name, piece in (content.get("intents") or {}).items():
        yield ("intents", name), _digest(piece)
    for piece in content.get("rules") or ():
        yield ("rules", piece["name"]), _digest(piece)


def _digest(piece: Any) -> bytes:
    return hashlib.blake2b(orjson.dumps(piece), digest_size=16).digest()


def _find_same(digests: Digests, previous: Compiled) -> dict[tuple[str, str], Any]:
    """The pieces that need not be parsed again."""
    rulebook = previous.evaluator.rulebook
    sections: Mapping[str, Mapping[str, Any]] = {
        "intents": rulebook.intents,
        "rules": rulebook.rules,
    }
    return {
        (section, name): sections[section][name]
        for (section, name), digest in digests.items()
        if previous.digests.get((section, name)) == digest
    }
