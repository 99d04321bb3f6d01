"""The engine's keeping: limits, sharing, closing, threads, and failure."""

import gc
import logging
import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from rules.engine.durable import DurableEngine, EngineError, Shard
from rules.engine.program import MAX_GROUP, MAX_SHARD, build_program, hash_name
from rules.evaluator import DurableEvaluator
from rules.language.facts import Fact
from rules.reference import ReferenceEvaluator
from rules.rulebook.parsing import parse_rulebook
from rules.rulebook.parts import Rulebook
from tests.rules.shop import build_data, needs_durable

pytestmark = needs_durable


FACTS = ["turn", "repeat", "agents_online", "visitor.a", "visitor.b"]


def build_crowd(seed: int, size: int) -> Rulebook:
    """Rules that crowd few facts: shared anchors, rules without one, long alternatives."""
    dice = random.Random(seed)

    def leaf() -> dict[str, Any]:
        operator = dice.choice(["at_least", "at_most", "above", "below", "is", "not"])
        return {"fact": dice.choice(FACTS), operator: dice.randrange(-40, 40)}

    def condition() -> dict[str, Any]:
        leaves = [leaf() for _ in range(dice.choice([1, 2, 5, 30, 150]))]
        shapes = [
            {"all": [{"intent": "hi"}, *leaves]},
            {"all": [leaf(), {"any": leaves[:60]}]},
            {"any": [leaf(), {"none": leaves[:90]}]},
        ]
        return dice.choice(shapes)

    rules = [
        {"when": condition(), "then": [{"close": True}], "name": f"{at}"} for at in range(size)
    ]
    return parse_rulebook(build_data(*rules))


def build_situation(dice: random.Random) -> dict[str, Fact]:
    facts: dict[str, Fact] = {
        fact: dice.randrange(-50, 50) for fact in FACTS if dice.random() < 0.7
    }
    return facts | ({"intents": ("hi",)} if dice.random() < 0.5 else {})


@pytest.mark.parametrize("size", [5, 60, 300])
def test_a_crowd_of_rules_on_few_facts_is_decided_as_by_the_reference(size: int) -> None:
    rulebook = build_crowd(size, size)
    engine, reference = DurableEngine(rulebook), ReferenceEvaluator(rulebook)
    dice = random.Random(1)
    for _ in range(60):
        facts = build_situation(dice)
        assert engine.find_winner(facts) is reference.find_winner(facts)


def test_no_group_and_no_shard_outgrows_the_engine() -> None:
    program = build_program(build_crowd(7, 400))
    assert len(program.shards) > 5
    assert max(len(plan.ranks) for plan in program.shards) <= MAX_SHARD
    assert max(group.size for groups in program.groups.values() for group in groups) <= MAX_GROUP


def test_property_names_of_a_shard_never_share_a_hash() -> None:
    for plan in build_program(build_crowd(3, 200)).shards:
        hashes = [hash_name(name) for name in plan.names.values()]
        assert len(set(hashes)) == len(hashes)


def test_an_edit_keeps_the_handles_of_what_did_not_change() -> None:
    def build(last: str) -> Rulebook:
        whens = [{"fact": "visitor.n", "is": at} for at in range(600)]
        rules = [{"name": f"{at}", "when": when, "then": [{"close": True}]}
                 for at, when in enumerate(whens)]  # fmt: skip
        extra = {"name": last, "when": {"fact": "visitor.last", "is": last}, "then": [{"tag": "x"}]}
        return parse_rulebook(build_data(*rules, extra))

    first = DurableEngine(build("x"))
    second = DurableEngine(build("x"), reuse=first)
    assert all(second.shards[key] is shard for key, shard in first.shards.items())
    third = DurableEngine(build("y"), reuse=first)
    kept = sum(third.shards.get(key) is shard for key, shard in first.shards.items())
    assert kept >= len(first.shards) - 1


def test_closing_frees_what_no_other_engine_uses() -> None:
    rulebook = build_crowd(2, 60)
    first = DurableEngine(rulebook)
    first.find_winner({"turn": 1, "intents": ("hi",)})
    handles = [shard._handle.free for shard in first.shards.values() if shard._handle is not None]
    second = DurableEngine(rulebook, reuse=first)
    first.close()
    gc.collect()
    assert handles
    assert all(free.alive for free in handles)
    second.close()
    gc.collect()
    assert not any(free.alive for free in handles)


def test_a_closed_engine_still_ends_what_was_begun() -> None:
    rulebook = build_crowd(5, 60)
    engine, reference = DurableEngine(rulebook), ReferenceEvaluator(rulebook)
    engine.close()
    facts: dict[str, Fact] = {"turn": 3, "repeat": 0, "intents": ("hi",)}
    assert engine.find_winner(facts) is reference.find_winner(facts)


def test_threads_never_get_each_others_answers() -> None:
    rulebook = build_crowd(11, 80)
    engine, reference = DurableEngine(rulebook), ReferenceEvaluator(rulebook)

    def ask(seed: int) -> bool:
        dice = random.Random(seed)
        situations = [build_situation(dice) for _ in range(40)]
        return all(
            engine.find_winner(facts) is reference.find_winner(facts) for facts in situations
        )

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(ask, range(8)))


def test_a_handle_that_failed_is_thrown_away_and_the_next_question_answered() -> None:
    engine = DurableEngine(parse_rulebook(build_data(HELLO)))
    (shard,) = engine.shards.values()
    with pytest.raises(EngineError):
        shard.find_first(f"x{at}" for at in range(300))  # more than a message can hold
    assert engine.find_winner({"intents": ("hi",)}) is not None


HELLO = {"when": {"intent": "hi"}, "then": [{"close": True}]}


class _BrokenShard(Shard):
    def find_first(self, properties: object) -> int | None:
        raise EngineError("broken")


def test_when_the_engine_fails_the_reference_answers(caplog: pytest.LogCaptureFixture) -> None:
    evaluator = DurableEvaluator(parse_rulebook(build_data(HELLO)))
    evaluator.engine.shards = {key: _BrokenShard(key) for key in evaluator.engine.shards}
    with caplog.at_level(logging.ERROR):
        winner = evaluator.find_winner({"intents": ("hi",)})
    assert winner is not None
    assert winner.name == "a"
    assert "rule engine failed" in caplog.text
