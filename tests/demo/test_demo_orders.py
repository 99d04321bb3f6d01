"""The demo shop answers its rulebook's webhook for any order number, and anything else politely."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from chatbot.demo.orders import build_order

FRIDAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("number", "status"),
    [
        ("AB-123450", "packing"),
        ("AB-123456", "shipped"),
        ("ab123459", "delivered"),
        ("ZZ-000000", "unknown"),
        ("", "unknown"),
        ("AB-12345", "unknown"),
    ],
)
def test_the_number_says_where_an_order_stands(number: str, status: str) -> None:
    assert build_order(number, today=FRIDAY)["status"] == status


def test_nothing_leaves_or_arrives_on_a_weekend() -> None:
    days = [
        build_order(f"AB-12345{digit}", today=FRIDAY).get(key, "")
        for digit in range(10)
        for key in ("leaves", "arrives")
    ]
    assert not [day for day in days if day.startswith("S")]
    assert build_order("AB-123451", today=FRIDAY)["leaves"] == "Monday, 23 November"


@pytest.mark.urls("tests.demo.urls")
def test_the_webhook_answers_what_it_is_sent() -> None:
    facts = {"slot.order_number": "AB-123456"}
    answer = Client(enforce_csrf_checks=True).post(
        "/shop/orders/", {"facts": facts}, content_type="application/json"
    )
    assert answer.json()["status"] == "shipped"


@pytest.mark.urls("tests.demo.urls")
@pytest.mark.parametrize("body", ["[]", '{"facts": 3}', '{"facts": {"slot.order_number": [1]}}'])
def test_a_webhook_that_is_sent_nonsense_knows_no_order(body: str) -> None:
    answer = Client().post("/shop/orders/", body, content_type="application/json")
    assert answer.json() == {"status": "unknown"}


@pytest.mark.urls("tests.demo.urls")
def test_a_webhook_that_is_sent_no_json_says_so() -> None:
    assert Client().post("/shop/orders/", "x", content_type="application/json").status_code == 400
