"""The labelled sets: pages, questions with the page that answers them, and others."""

from __future__ import annotations

import gzip
import json
import random
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from chatbot.demo.shop import CONTENT
from llm_bridge.knowledge.importing.markdown import parse_markdown

DATA = Path(__file__).parents[3] / "shared" / "data"
OWN = Path(__file__).parent / "questions.yaml"
SEED = 20261122


@dataclass(frozen=True, slots=True)
class Question:
    """`page` answers it, by the text in one of `needs` if there are any; no page: none does."""

    text: str
    page: str | None
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """Pages as title and body by name, and kinds of questions."""

    name: str
    pages: dict[str, tuple[str, str]]
    kinds: dict[str, list[Question]]


def read_sets() -> list[LabelledSet]:
    """The demo shop's, and those of the shared folder that are here."""
    sets = [_read_shop()]
    for name, read in (("bitext2022", _read_bitext), ("abcd", _read_abcd)):
        if (DATA / name).exists():
            sets.append(read())
        else:
            print(f"left out: ../shared/data/{name} is not here")
    return sets


def _read_shop() -> LabelledSet:
    pages = {}
    for path in sorted((CONTENT / "articles").glob("*.md")):
        page = parse_markdown(text=path.read_text("utf-8"), key=path.name, stem=path.stem)
        pages[path.stem] = (page.title, page.body)
    kinds = {
        kind: [Question(each["ask"], each["page"], tuple(each.get("needs", ()))) for each in rows]
        for kind, rows in yaml.safe_load(OWN.read_text("utf-8")).items()
    }
    if (DATA / "hwu64").exists():
        rows = _read_lines(DATA / "hwu64" / "test.jsonl.gz")
        kinds["home assistant (hwu64)"] = [Question(row["text"], None) for row in rows]
    return LabelledSet("demo shop", pages, kinds)


def _read_bitext() -> LabelledSet:
    """A page for each intent: one of the agents' answers, titled by the intent's name."""
    folder, chance = DATA / "bitext2022", random.Random(SEED)
    answers = defaultdict(list)
    for row in _read_lines(folder / "responses.jsonl.gz"):
        answers[row["label"]].append(row["response"])
    pages = {
        label: (label.replace("_", " ").capitalize(), chance.choice(sorted(texts)))
        for label, texts in sorted(answers.items())
    }
    rows = [row for row in _read_lines(folder / "test.jsonl.gz") if row["label"] in pages]
    asked = [Question(row["text"], row["label"]) for row in chance.sample(rows, 400)]
    return LabelledSet("bitext2022", pages, {"templated": asked})


def _read_abcd() -> LabelledSet:
    """A page for each of the agents' guidelines; customers' sentences from those dialogues."""
    folder = DATA / "abcd"
    guidelines = json.loads(gzip.decompress((folder / "guidelines.json.gz").read_bytes()))
    pages = {
        _simplify(name): (f"{flow}: {name}", _write_guideline(guideline))
        for flow, flows in guidelines.items()
        for name, guideline in flows["subflows"].items()
    }
    asked = [
        Question(row["text"], page)
        for row in _read_lines(folder / "utterances.jsonl.gz")
        if (page := _find_guideline(row["subflow"], pages)) and len(row["text"].split()) > 4
    ]
    return LabelledSet("abcd", pages, {"sentences of dialogues": asked})


_ABCD = {
    "return_color": "returnduetocolor",
    "return_size": "returnduetosize",
    "return_stain": "returnduetostain",
    "manage": "manageshipping",
    "refund_initiate": "initiaterefund",
    "refund_update": "updaterefund",
    "refund_status": "refundstatus",
    "search_results": "searchnotworking",
    "missing": "missingitem",
    "status": "shippingstatus",
    "cost": "shippingcost",
    "reset_2fa": "resettwofactorauth",
    "credit_card": "invalidcreditcard",
    "slow_speed": "websitetooslow",
    "shopping_cart": "cartnotupdating",
    "promo_code_out_of_date": "promocodeoutofdate",
}


def _find_guideline(subflow: str | None, pages: dict[str, Any]) -> str | None:
    name = _ABCD.get(subflow or "") or _simplify(subflow or "")
    return name if name in pages else None


def _simplify(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _write_guideline(guideline: dict[str, Any]) -> str:
    lines = list(guideline.get("instructions", ()))
    for action in guideline.get("actions", ()):
        lines.append("\n".join([action["text"], *(f"- {each}" for each in action["subtext"])]))
    return "\n\n".join(lines)


def _read_lines(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]
