"""What `manage.py check` says about the operator's own price list."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from llm_bridge.money.price_lists import BadPriceList, read_file


def check_price_list(**_options: Any) -> list[CheckMessage]:
    path = getattr(settings, "LLM_PRICES", "")
    try:
        if path:
            read_file(Path(path))
    except BadPriceList as problem:
        return [
            Error(
                f"LLM_PRICES names a price list that makes no sense: {problem}.",
                hint="docs/money.md shows one.",
                id="firstline.E005",
            )
        ]
    return []
