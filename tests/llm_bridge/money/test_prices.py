"""What a model costs on a day: which price counts, and lists that make no sense."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from llm_bridge.models import ModelPrice
from llm_bridge.money.price_file import SHIPPED, BadPriceList, parse_prices, read_file
from llm_bridge.money.price_lists import read_lists
from llm_bridge.money.prices import Price, find_price
from llm_bridge.providers.configuration import OPENAI_MODEL
from llm_bridge.providers.kinds import KINDS

TODAY = date(2026, 11, 22)
LIST = """
[unknown]
"*" = [{from = 2025-01-01, input = 15, output = 75}]
[local]
"*" = [{from = 2025-01-01, input = 0, output = 0}]
[vllm]
"*" = [{from = 2025-01-01, input = 0, output = 0}]
[openai]
"gpt-5.4" = [{from = 2025-01-01, input = 2.5, cached = 0.25, output = 15}]
"gpt-5.4-mini" = [
  {from = 2026-03-01, input = 0.75, cached = 0.075, output = 4.5},
  {from = 2026-12-01, input = 0.5, output = 3},
]
[anthropic]
"claude-sonnet-4-5" = [{from = 2025-01-01, input = 3, output = 15}]
[reseller]
"gpt-5.4" = [{from = 2025-01-01, input = 9, output = 90}]
"""


def find(
    provider: str,
    model: str,
    *,
    day: date = TODAY,
    host: str = "models.example",
    lists: tuple[str, ...] = (LIST,),
) -> Price:
    return find_price(
        provider=provider,
        host=host,
        model=model,
        day=day,
        lists=[parse_prices(text) for text in lists],
    )


@pytest.mark.parametrize(
    ("day", "dollars"),
    [(date(2026, 3, 1), 0.75), (date(2026, 11, 30), 0.75), (date(2026, 12, 1), 0.5)],
)
def test_the_price_of_the_day_of_the_call_counts(day: date, dollars: float) -> None:
    assert find("openai", "gpt-5.4-mini", day=day).input == dollars * 1_000_000


def test_before_its_first_price_a_model_has_none() -> None:
    assert not find("openai", "gpt-5.4-mini", day=date(2026, 2, 28)).is_known


@pytest.mark.parametrize(
    "model", ["gpt-5.4-mini", "GPT-5.4-Mini", "gpt-5.4-mini-2026-03-17", "gpt-5.4-mini-latest"]
)
def test_an_edition_of_a_model_costs_what_the_model_costs(model: str) -> None:
    assert find("openai", model).model == "gpt-5.4-mini"


def test_a_longer_name_is_another_model() -> None:
    assert not find("openai", "gpt-5.4-pro").is_known


def test_an_unknown_model_is_never_free() -> None:
    price = find("openai", "gpt-9")
    assert not price.is_known
    assert price.build_cost(prompt=1000, cached=0, completion=100) == 15_000 + 7_500


@pytest.mark.parametrize(
    ("provider", "model", "found"),
    [
        ("openrouter", "anthropic/claude-sonnet-4.5", "claude-sonnet-4-5"),
        ("azure", "gpt-5.4-mini", "gpt-5.4-mini"),
        ("other", "gpt-5.4-mini", "gpt-5.4-mini"),
    ],
)
def test_what_others_sell_on_is_priced_by_its_name(provider: str, model: str, found: str) -> None:
    assert find(provider, model).model == found


def test_of_several_who_sell_a_name_the_dearest_counts() -> None:
    assert find("azure", "gpt-5.4").provider == "reseller"


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8080", "localhost:8080", "[::1]:8080", "10.0.0.5", "llama:8080", "a.local"]
)
def test_a_model_on_the_own_network_is_free(host: str) -> None:
    assert find("other", "smollm2", host=host).build_cost(prompt=9, cached=0, completion=9) == 0


@pytest.mark.parametrize("host", ["models.example", "8.8.8.8:80", "", "[bad"])
def test_an_unknown_model_elsewhere_is_not(host: str) -> None:
    price = find("other", "smollm2", host=host or "example.com")
    assert not price.is_known


def test_a_proxy_here_that_names_a_model_of_a_provider_pays_its_price() -> None:
    assert find("other", "openai/gpt-5.4-mini", host="127.0.0.1:4000").provider == "openai"


def test_a_list_of_ones_own_goes_before_ours_even_by_a_pattern() -> None:
    own = '[openai]\n"gpt-*" = [{from = 2026-01-01, input = 1, output = 2}]'
    assert find("openai", "gpt-5.4-mini", lists=(own, LIST)).model == "gpt-*"
    assert find("vllm", "gpt-5.4-mini", lists=(own, LIST)).provider == "vllm"


def test_of_two_patterns_the_one_that_says_more_counts() -> None:
    short = '"a*" = [{from = 2026-01-01, input = 1, output = 1}]'
    own = f'[x]\n{short}\n"ab*" = [{{from = 2025-01-01, input = 2, output = 2}}]'
    assert find("x", "abc", lists=(own, LIST)).model == "ab*"


def test_cached_tokens_cost_their_own_price_and_input_where_there_is_none() -> None:
    mini = find("openai", "gpt-5.4-mini")
    assert mini.build_cost(prompt=1_000, cached=800, completion=0) == 150 + 60
    later = find("openai", "gpt-5.4-mini", day=date(2026, 12, 1))
    assert later.build_cost(prompt=1_000, cached=800, completion=0) == 500


def test_a_fraction_of_a_micro_dollar_is_rounded_up() -> None:
    assert find("openai", "gpt-5.4-mini").build_cost(prompt=1, cached=0, completion=0) == 1


@given(
    prompt=st.integers(0, 10**6), cached=st.integers(0, 2 * 10**6), completion=st.integers(0, 10**5)
)
def test_more_tokens_never_cost_less(prompt: int, cached: int, completion: int) -> None:
    price = find("openai", "gpt-5.4-mini")
    cost = price.build_cost(prompt=prompt, cached=cached, completion=completion)
    assert 0 <= cost <= price.build_cost(prompt=prompt, cached=0, completion=completion)
    assert cost <= price.build_cost(prompt=prompt + 1, cached=cached, completion=completion + 1)


WRONG = {
    "= [": "no TOML",
    'x = 1\n"[a]"': "no TOML",
    "openai = 3": "openai: a table is expected",
    '[openai]\n"m" = []': "m: give a list",
    '[openai]\n"m" = 3': "m: give a list",
    '[openai]\n"m" = [3]': "m: a table is expected",
    '[openai]\n"m" = [{input = 1, output = 1}]': "from is missing",
    '[openai]\n"m" = [{from = 2026-01-01, output = 1}]': "input is missing",
    '[openai]\n"m" = [{from = "soon", input = 1, output = 1}]': "from must be a day",
    '[openai]\n"m" = [{from = 2026-01-01T00:00:00, input = 1, output = 1}]': "from must be a day",
    '[openai]\n"m" = [{from = 2026-01-01, input = "1", output = 1}]': "prices are numbers",
    '[openai]\n"m" = [{from = 2026-01-01, input = true, output = 1}]': "prices are numbers",
    '[openai]\n"m" = [{from = 2026-01-01, input = -1, output = 1}]': "between 0 and",
    '[openai]\n"m" = [{from = 2026-01-01, input = 1e99, output = 1}]': "between 0 and",
    '[openai]\n"m" = [{from = 2026-01-01, input = nan, output = 1}]': "between 0 and",
    '[openai]\n"m" = [{from = 2026-01-01, input = 1, output = 1, in = 3}]': "in is none of",
}


@pytest.mark.parametrize(("text", "told"), WRONG.items())
def test_a_list_that_makes_no_sense_says_where(text: str, told: str) -> None:
    with pytest.raises(BadPriceList, match=told):
        parse_prices(text)


def test_a_price_smaller_than_a_micro_dollar_for_a_million_is_rounded_up() -> None:
    (price,) = parse_prices('[a]\n"m" = [{from = 2026-01-01, input = 0.0000001, output = 0}]')
    assert (price.input, price.output) == (1, 0)


def test_the_list_we_ship_prices_what_we_ask_by_default_and_every_kind_of_own_server() -> None:
    prices = read_file(SHIPPED)
    lists = [prices]
    default = find_price(
        provider="openai", host="api.openai.com", model=OPENAI_MODEL, day=TODAY, lists=lists
    )
    assert default.is_known
    own = [kind for kind in KINDS.values() if not kind.needs_key and kind.name != "other"]
    for kind in own:
        price = find_price(provider=kind.name, host="h.example", model="x", day=TODAY, lists=lists)
        assert (price.provider, price.output) == (kind.name, 0)
    assert {price.provider for price in prices} <= {*KINDS, "unknown", "local"}


@pytest.mark.django_db
def test_the_consoles_prices_go_before_the_operators_before_ours(
    tmp_path: Path, settings: Settings
) -> None:
    path = tmp_path / "prices.toml"
    path.write_text('[openai]\n"gpt-5.4" = [{from = 2026-01-01, input = 1, output = 1}]')
    settings.LLM_PRICES = str(path)

    def find_input() -> int:
        return find_price(
            provider="openai", host="", model="gpt-5.4", day=TODAY, lists=read_lists()
        ).input

    assert find_input() == 1_000_000
    row = ModelPrice(provider="openai", model="gpt-5.4", valid_from=TODAY, input=7, output=7)
    row.save()
    assert find_input() == 7
    row.valid_from = TODAY + timedelta(days=1)
    row.save()
    assert find_input() == 1_000_000


def test_a_file_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(BadPriceList, match="cannot be read"):
        read_file(tmp_path / "missing.toml")
