"""django-ninja, taught our wire: how bodies are read, and what its schema says of errors."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser

from chatbot.web.completions.schema import PATHS, SECURITY
from chatbot.web.problems import MEDIA_TYPE
from chatbot.web.wire import parse_json


class WireParser(Parser):
    def parse_body(self, request: HttpRequest) -> Any:
        return parse_json(request.body)


class VisitorAPI(NinjaAPI):
    def __init__(self, **options: Any) -> None:
        super().__init__(parser=WireParser(), **options)

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """ninja knows one media type for all responses; errors have their own."""
        schema = super().get_openapi_schema(**options)
        for path in schema["paths"].values():
            for operation in path.values():
                _name_media_type(operation["responses"])
        schema["paths"].update(PATHS)
        schema["components"].setdefault("securitySchemes", {}).update(SECURITY)
        return schema


def _name_media_type(responses: dict[int, dict[str, Any]]) -> None:
    for status, response in responses.items():
        if status >= 400:
            response["content"] = {MEDIA_TYPE: response["content"].pop("application/json")}
