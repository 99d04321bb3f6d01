"""The workload: mixed rules and messages of a generator that lies outside the project."""

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from rules.decision import Situation
from rules.rulebook.parsing import parse_rulebook
from rules.rulebook.parts import Rulebook

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "engine"

Raw = tuple[str, dict[str, Any]]  # a message and its facts, as the generator gives them
Leaf = dict[str, Any]

_OPERATORS = {"eq": "is", "in": "in", "ge": "at_least", "le": "at_most"}


def load(name: str) -> ModuleType:
    """A script of the folder as a module; ends the program with a sentence if it is not there."""
    path = FOLDER / f"{name}.py"
    if not path.exists():
        sys.exit(f"This benchmark needs {path}, and there is no such file.")
    if str(FOLDER) not in sys.path:
        sys.path.append(str(FOLDER))  # the scripts import each other
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


class Workload:
    """So many rules of the generator, as it gives them and as our rulebook."""

    def __init__(self, size: int) -> None:
        make: Callable[[int], tuple[list[dict[str, Any]], Callable[[], Raw]]]
        make = load("workload").make
        self.rules, self._draw = make(size)

    def draw(self, count: int) -> list[Raw]:
        return [self._draw() for _ in range(count)]

    def build_data(self, edited: int = -1) -> dict[str, Any]:
        """The rulebook as plain data; the rule `edited` says something else."""
        intents: dict[str, Any] = {}
        rules = [
            {
                "name": f"r{rule['id']:06}",
                "priority": -rule["pri"],
                "when": {"all": [_build_leaf(leaf, intents) for leaf in rule["all"]]},
                "then": [{"reply": f"{'Edited' if at == edited else 'Answer'} {rule['id']}"}],
            }
            for at, rule in enumerate(self.rules)
        ]
        return {"rulebook": 1, "intents": intents, "rules": rules}

    def build_rulebook(self, edited: int = -1) -> Rulebook:
        return parse_rulebook(self.build_data(edited))


def build_situation(raw: Raw) -> Situation:
    text, facts = raw
    return Situation(text=text, facts={f"visitor.{name}": fact for name, fact in facts.items()})


def _build_leaf(leaf: list[Any], intents: dict[str, Any]) -> Leaf:
    kind, *rest = leaf
    if kind in {"text", "not_text"}:
        name = f"t{len(intents)}"
        intents[name] = {"phrases": [_build_phrase(each) for each in rest[0]]}
        return {"intent": name} if kind == "text" else {"none": [{"intent": name}]}
    fact = f"visitor.{rest[0]}"
    if kind == "ne":
        return {"none": [{"fact": fact, "is": rest[1]}]}
    return {"fact": fact, _OPERATORS[kind]: rest[1]}


def _build_phrase(each: str) -> str:
    """The generator's patterns run over padded words, ours over the text as written."""
    return f"/{each[1:-1].strip()}/" if each.startswith("/") else each
