"""The engine's keeping: limits, sharing, closing, threads, and failure."""

import gc
import logging
import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from rules.engine.durable import PLACES, PROPERTIES, Board, Boards, DurableEngine, EngineError
from rules.engine.program import MAX_EXCLUDES, MAX_NEEDS, build_program
from rules.evaluator import DurableEvaluator, build_evaluator
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


def test_no_candidate_outgrows_its_place() -> None:
    candidates = build_program(build_crowd(7, 400)).candidates
    assert max(len(each.needs) for each in candidates) == MAX_NEEDS
    assert max(len(each.excludes) for each in candidates) == MAX_EXCLUDES


def hash_name(name: str) -> int:
    """FNV-1a in 32 bits, by which alone the engine tells names apart."""
    value = 0x811C9DC5
    for byte in name.encode():
        value = ((value ^ byte) * 16777619) & 0xFFFFFFFF
    return value


def test_names_of_properties_never_share_a_hash_nor_mean_something_to_the_engine() -> None:
    reserved = [
        "id",
        "sid",
        "m",
        "all",
        "any",
        "pri",
        "count",
        "cap",
        "dist",
        "name",
        "$s",
        "$forward",
        "$m",
        "$time",
    ]
    names = [*PROPERTIES, *reserved]
    assert len({hash_name(name) for name in names}) == len(names)


def test_a_full_message_stays_within_what_the_engine_holds() -> None:
    everything = "".join(f'"{name}":1,' for name in PROPERTIES if name != "w")
    assert len(PROPERTIES) < 254
    assert Board().find_first(everything) is None
    taken = "".join(f'"{name}":1,' for name in PROPERTIES if name.startswith("c"))
    board = Board()
    assert [board.find_first(taken) for _ in range(100)] == [0] * 100
    assert PLACES <= 60


def test_rules_that_no_value_tells_apart_are_asked_in_portions() -> None:
    whens = [{"fact": "turn", "at_least": at} for at in range(100, 0, -1)]
    rules = [{"name": f"{at:03}", "when": when, "then": [{"close": True}]}
             for at, when in enumerate(whens)]  # fmt: skip
    engine = DurableEngine(parse_rulebook(build_data(*rules)))
    found = [engine.find_winner({"turn": turn}) for turn in (0, 1, 50, 100, 1000)]
    assert [rule and rule.name for rule in found] == [None, "099", "050", "000", "000"]


def test_a_release_shares_what_recognises_the_same_with_the_one_before() -> None:
    def build(reply: str, word: str) -> Rulebook:
        data = build_data({"when": {"intent": "hi"}, "then": [{"reply": reply}]})
        return parse_rulebook({**data, "intents": {"hi": {"phrases": [word]}}})

    first = build_evaluator(build("a", "hi"))
    second = build_evaluator(build("b", "hi"), reuse=first)
    third = build_evaluator(build("b", "hey"), reuse=second)
    assert isinstance(first, DurableEvaluator)
    assert isinstance(second, DurableEvaluator)
    assert isinstance(third, DurableEvaluator)
    assert second.matcher is first.matcher
    assert third.matcher is not second.matcher
    assert [each.recognise("hey").intents for each in (first, second, third)] == [(), (), ("hi",)]


def test_all_rulebooks_share_the_boards_and_a_board_goes_with_its_last_holder() -> None:
    boards = Boards()
    engines = [DurableEngine(build_crowd(seed, 20), boards=boards) for seed in range(3)]
    for engine in engines:
        engine.find_winner({"turn": 1, "intents": ("hi",)})
    (board,) = boards.idle
    free = board.free
    assert free.alive
    boards.idle.clear()
    del board
    gc.collect()
    assert not free.alive


def test_a_closed_evaluator_still_ends_what_was_begun() -> None:
    rulebook = build_crowd(5, 60)
    evaluator, reference = build_evaluator(rulebook), ReferenceEvaluator(rulebook)
    evaluator.close()
    facts: dict[str, Fact] = {"turn": 3, "repeat": 0, "intents": ("hi",)}
    assert evaluator.find_winner(facts) is reference.find_winner(facts)


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


HELLO = {"when": {"intent": "hi"}, "then": [{"close": True}]}


def test_a_board_that_failed_is_thrown_away_and_the_next_question_answered() -> None:
    boards = Boards()
    engine = DurableEngine(parse_rulebook(build_data(HELLO)), boards=boards)
    assert engine.find_winner({"intents": ("hi",)}) is not None
    (broken,) = boards.idle
    with pytest.raises(EngineError):
        boards.find_first("".join(f'"x{at}":1,' for at in range(300)))  # more than fits
    assert list(boards.idle) == []
    assert engine.find_winner({"intents": ("hi",)}) is not None
    assert broken not in boards.idle


class _Odd(Board):
    """A board whose results are not as they should be."""

    def _take_results(self, own_id: str) -> str | None:
        return f'{{"odd":1,{own_id}}}'


def test_a_result_that_cannot_be_read_is_a_failure_of_the_engine() -> None:
    boards = Boards()
    boards.idle.append(_Odd())
    with pytest.raises(EngineError):
        boards.find_first('"c0":1,')
    assert list(boards.idle) == []


class _BrokenBoards(Boards):
    def find_first(self, properties: str) -> int | None:
        raise EngineError("broken")


def test_when_the_engine_fails_the_reference_answers(caplog: pytest.LogCaptureFixture) -> None:
    rulebook = parse_rulebook(build_data(HELLO))
    evaluator = DurableEvaluator(rulebook)
    evaluator.engine = DurableEngine(rulebook, boards=_BrokenBoards())
    with caplog.at_level(logging.ERROR):
        winner = evaluator.find_winner({"intents": ("hi",)})
    assert winner is not None
    assert winner.name == "a"
    assert "rule engine failed" in caplog.text
