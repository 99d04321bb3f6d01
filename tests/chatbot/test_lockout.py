"""Guessing passwords ends after five tries, counted for the right address."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

LOGIN = "/admin/login/"


@pytest.fixture
def _anna(db: None) -> None:
    User.objects.create_superuser("anna", password="a long and proper password")


def log_in(password: str, *, username: str = "anna", **headers: str) -> int:
    form = {"username": username, "password": password}
    return Client(**headers).post(LOGIN, form).status_code  # type: ignore[arg-type]  # META names


@pytest.mark.usefixtures("_anna")
def test_five_wrong_passwords_lock_even_the_right_one_out() -> None:
    assert [log_in("wrong") for _ in range(5)] == [200, 200, 200, 200, 429]
    assert log_in("a long and proper password") == 429


@pytest.mark.usefixtures("_anna")
def test_four_wrong_passwords_leave_the_door_open() -> None:
    assert [log_in("wrong") for _ in range(4)] == [200] * 4
    assert log_in("a long and proper password") == 302


@pytest.mark.usefixtures("_anna")
def test_a_lockout_is_for_one_name_from_one_address() -> None:
    User.objects.create_superuser("bert", password="a long and proper password")
    for _ in range(5):
        log_in("wrong")
    assert log_in("a long and proper password", username="bert") == 302
    assert log_in("a long and proper password", REMOTE_ADDR="10.1.1.1") == 302


@pytest.mark.usefixtures("_anna")
def test_inventing_forwarded_addresses_does_not_help() -> None:
    for number in range(5):
        log_in("wrong", HTTP_X_FORWARDED_FOR=f"10.0.0.{number}")
    assert log_in("a long and proper password", HTTP_X_FORWARDED_FOR="10.9.9.9") == 429
