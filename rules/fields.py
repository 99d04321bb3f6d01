"""A column for pieces of the rulebook file, whose keys keep the order people gave them."""

from __future__ import annotations

import json
from typing import Any

import orjson
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


class DocumentField(models.JSONField):
    """JSON kept as text: PostgreSQL's jsonb would forget the order of keys."""

    def get_internal_type(self) -> str:
        return "TextField"

    def from_db_value(self, value: str | None, *_: Any) -> Any:
        """Read without the time that json takes: a release of 10,000 rules is two megabytes, and
        nothing else in the process runs meanwhile."""
        return value if value is None else orjson.loads(value)

    def get_db_prep_value(
        self,
        value: Any,
        connection: BaseDatabaseWrapper,  # noqa: ARG002 - Django's signature
        prepared: bool = False,  # noqa: ARG002
    ) -> Any:
        return json.dumps(value, ensure_ascii=False)
