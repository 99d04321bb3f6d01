"""Amounts of money in the console's forms: dollars on the page, micro-dollars in the row."""

from __future__ import annotations

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminDecimalFieldWidget

from llm_bridge.money.amounts import to_dollars, to_micros


class DollarsField(forms.DecimalField):
    """Dollars and cents."""

    def __init__(self, *, digits: int = 2, **kwargs: Any) -> None:
        widget = UnfoldAdminDecimalFieldWidget(attrs={"step": "any", "min": "0"})
        super().__init__(
            min_value=0, max_digits=7 + digits, decimal_places=digits, widget=widget, **kwargs
        )

    def prepare_value(self, value: Any) -> Any:
        return to_dollars(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        dollars = super().clean(value)
        return None if dollars is None else to_micros(dollars)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class PriceField(DollarsField):
    """Dollars for a million tokens, to a micro-dollar."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(digits=6, **kwargs)
