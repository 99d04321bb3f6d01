"""All prices that count here: the console's rows before the operator's file before ours."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from django.conf import settings

from llm_bridge.money.price_file import SHIPPED, read_file
from llm_bridge.money.prices import Price, PriceList
from llm_bridge.money.tables import ModelPrice


def read_lists() -> Sequence[PriceList]:
    own = [Path(settings.LLM_PRICES)] if settings.LLM_PRICES else []
    return [read_rows(), *(read_file(path) for path in [*own, SHIPPED])]


def read_rows() -> PriceList:
    return [
        Price(
            provider=row.provider,
            model=row.model,
            valid_from=row.valid_from,
            input=row.input,
            cached=row.input if row.cached is None else row.cached,
            output=row.output,
        )
        for row in ModelPrice.objects.all()
    ]
