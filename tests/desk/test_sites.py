"""A site's settings as an administrator writes them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from chatbot.conversations.hours import DAYS
from chatbot.conversations.models import Site
from chatbot.desk.week import BadWeek, build_week_text, parse_week


def build_site(**fields: str) -> dict[str, str]:
    return {
        "name": "Shop",
        "key": "shop",
        "bot_name": "Crumb",
        "greeting": "Hello!",
        "language": "en",
        "timezone": "Europe/Berlin",
        "handover_line": "One moment.",
        "away_line": "Nobody is here.",
        "at_limit": "knowledge",
        "limit_line": "Not now.",
        **fields,
    }


def get_errors(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 200, answer.headers
    errors: dict[str, list[str]] = answer.context["adminform"].form.errors
    return errors


def test_a_new_site_comes_with_a_rulebook_and_a_knowledge_base(administrator: Client) -> None:
    fields = build_site(
        origins="https://Shop.example/\n\nhttp://localhost:3000",
        hours="mon-fri 9:00-17:00",
        starters="Where is my parcel?",
    )
    assert administrator.post("/admin/conversations/site/add/", fields).status_code == 302
    site = Site.objects.get(key="shop")
    assert site.rulebook.name == "Shop"
    assert site.knowledge is not None
    assert site.origins == ["https://shop.example", "http://localhost:3000"]
    assert site.hours["fri"] == [["09:00", "17:00"]]
    assert site.starters == ["Where is my parcel?"]


@pytest.mark.parametrize(
    "origin",
    [
        "shop.example",
        "ftp://shop.example",
        "https://shop.example/cart",
        "https://a@shop.example",
        "https://*.example",
        "https://shop.example:99999",
        "https://shop.example; script-src *",
        "javascript:alert(1)",
    ],
)
def test_what_is_no_origin_is_refused_by_name(administrator: Client, origin: str) -> None:
    fields = build_site(origins=f"https://good.example\n{origin}")
    errors = get_errors(administrator.post("/admin/conversations/site/add/", fields))
    assert set(errors) == {"origins"}
    assert origin in errors["origins"][0]


def test_a_notice_is_timed_by_the_sites_own_clock(administrator: Client) -> None:
    times = {"notice_from_0": "2026-12-24", "notice_from_1": "09:00"}
    fields = build_site(notice="Closed early today.", **times)
    assert administrator.post("/admin/conversations/site/add/", fields).status_code == 302
    site = Site.objects.get(key="shop")
    assert site.notice_from == datetime(2026, 12, 24, 8, tzinfo=UTC)
    path = f"/admin/conversations/site/{site.pk}/change/"
    page = administrator.get(path).content.decode()
    assert 'value="2026-12-24"' in page
    assert 'value="09:00' in page
    assert administrator.post(path, fields).status_code == 302
    site.refresh_from_db()
    assert site.notice_from == datetime(2026, 12, 24, 8, tzinfo=UTC)


def test_a_notice_that_ends_before_it_begins_is_refused(administrator: Client) -> None:
    times = {f"notice_{name}_1": "09:00" for name in ("from", "until")}
    days = {"notice_from_0": "2026-12-24", "notice_until_0": "2026-12-23"}
    fields = build_site(notice="Closed.", **times, **days)
    errors = get_errors(administrator.post("/admin/conversations/site/add/", fields))
    assert errors == {"notice_until": ["This is before it begins."]}


def test_an_unknown_time_zone_is_refused(administrator: Client) -> None:
    fields = build_site(timezone="Berlin")
    errors = get_errors(administrator.post("/admin/conversations/site/add/", fields))
    assert "Europe/Berlin" in errors["timezone"][0]


def test_only_who_may_change_a_site_reads_its_secret(
    administrator: Client, editor: Client, site: Site
) -> None:
    page = f"/admin/conversations/site/{site.pk}/change/"
    assert site.identity_secret in administrator.get(page).content.decode()
    answer = editor.get(page)
    assert answer.status_code == 200
    assert site.identity_secret not in answer.content.decode()


def test_the_page_of_a_site_shows_the_line_to_embed(administrator: Client, site: Site) -> None:
    page = administrator.get(f"/admin/conversations/site/{site.pk}/change/").content.decode()
    assert "/widget/loader.js" in page
    assert "data-site=&quot;default&quot;" in page


def test_a_week_is_written_by_days_and_runs_of_days() -> None:
    week = parse_week("Mon-Fri 9:00-12:00, 13:00–17:30\n\nsaturday: 10:00-24:00")
    assert week["wed"] == [["09:00", "12:00"], ["13:00", "17:30"]]
    assert week["sat"] == [["10:00", "24:00"]]
    assert "sun" not in week


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("mon 9-17", "09:00-17:00"),
        ("mon", "write days and times"),
        ("xyz 09:00-17:00", "xyz is no day"),
        ("fri-mon 09:00-17:00", "runs backwards"),
        ("mon 17:00-09:00", "ends before it starts"),
        ("mon 09:00-25:00", "25:00 is no time"),
        ("mon 09:00-12:00, 11:00-13:00", "overlap"),
        ("mon 09:00-12:00\nmon 13:00-14:00", "already has a line"),
    ],
)
def test_a_line_that_makes_no_sense_says_which_and_why(text: str, part: str) -> None:
    with pytest.raises(BadWeek, match=r"^Line \d: ") as problem:
        parse_week(text)
    assert part in str(problem.value)


_clock = st.integers(0, 24 * 4).map(lambda at: f"{at // 4:02}:{at % 4 * 15:02}")
_day = (
    st.lists(_clock, min_size=2, max_size=6, unique=True)
    .map(sorted)
    .map(lambda clocks: [list(pair) for pair in zip(clocks[::2], clocks[1::2], strict=False)])
)
_week = st.dictionaries(st.sampled_from(DAYS), _day)


@given(_week)
def test_every_week_survives_being_written_and_read(week: dict[str, list[list[str]]]) -> None:
    assert parse_week(build_week_text(week)) == week


@given(st.text(alphabet="mondayfri -:0129,\n", max_size=40))
def test_any_text_is_a_week_that_reads_the_same_again_or_is_refused(text: str) -> None:
    try:
        week = parse_week(text)
    except BadWeek:
        return
    assert parse_week(build_week_text(week)) == week


def test_limits_are_written_in_dollars_and_an_empty_one_is_none(administrator: Client) -> None:
    fields = build_site(budget_conversation="0.1", budget_day="", budget_month="30")
    assert administrator.post("/admin/conversations/site/add/", fields).status_code == 302
    site = Site.objects.get(key="shop")
    limits = (site.budget_conversation, site.budget_day, site.budget_month)
    assert limits == (100_000, None, 30_000_000)
    page = administrator.get(f"/admin/conversations/site/{site.pk}/change/")
    assert 'value="0.10"' in page.content.decode()
    assert 'value="30.00"' in page.content.decode()


@pytest.mark.parametrize("amount", ["-1", "1.001", "much", "NaN", "12345678"])
def test_a_limit_that_makes_no_sense_is_refused(administrator: Client, amount: str) -> None:
    fields = build_site(budget_day=amount)
    answer = administrator.post("/admin/conversations/site/add/", fields)
    assert list(get_errors(answer)) == ["budget_day"]
