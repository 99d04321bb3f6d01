"""Rule suggestions: what is asked most first, its words, and the forms that it opens filled in."""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.utils import timezone

from chatbot.conversations.models import Event, Site
from chatbot.desk import suggestions as page_of
from llm_bridge.models import RuleSuggestion, SuggestionAsking
from rules.models import Intent, Rule
from tests.desk.conftest import Tell, get_exchange

PAGE = "/admin/suggestions/"
FIRST = "How do I descale my kettle?"
NEAR = "descaling (the) kettle, *how*?"
ANSWER = "Fill it **half** with vinegar: 'boil' twice."


def suggest(
    site: Site, tell: Tell, *asked: str, first: str = FIRST, answer: str = ANSWER
) -> RuleSuggestion:
    """A suggestion as the answered questions leave it."""
    now = timezone.now()
    row = RuleSuggestion.objects.create(
        payer=site.pk,
        language="en",
        topic=uuid4().hex,
        reference=get_exchange(tell(first)).pk,
        answer=answer,
        sources=[{"title": "Descaling", "used": True}],
        count=len(asked),
        repeats=sum(text == first for text in asked),
        first_seen_at=now,
        last_seen_at=now,
    )
    for text in asked:
        add_asking(row, get_exchange(tell(text)).pk, is_repeat=text == first)
    return row


def add_asking(row: RuleSuggestion, reference: UUID, *, is_repeat: bool) -> None:
    SuggestionAsking.objects.create(
        suggestion=row, reference=reference, is_repeat=is_repeat, asked_at=timezone.now()
    )


def read(client: Client, path: str = PAGE) -> str:
    return html.unescape(client.get(path).content.decode())


def find_link(page: str, name: str) -> str:
    """The address of the link that is called so."""
    found = re.search(rf'href="([^"]*)"[^>]*>\s*{name}', page)
    assert found, name
    return found[1]


def test_an_empty_page_says_what_will_stand_here(editor: Client) -> None:
    assert "Nothing is asked again and again yet" in read(editor)
    assert "Nothing was dismissed" in read(editor, f"{PAGE}?shown=dismissed")


def test_it_shows_how_often_what_was_asked_and_what_was_answered(
    editor: Client, site: Site, tell: Tell
) -> None:
    suggest(site, tell, FIRST, FIRST, NEAR)
    page = read(editor)
    assert "Asked again 3 times" in page
    assert re.search(r"2 in the same words, 1 nearly so, in en\.", page)
    assert page.count(FIRST) == 1 + sum(FIRST in each for each in re.findall(r'href="[^"]*"', page))
    assert NEAR in page
    assert "<strong>half</strong>" in page
    assert "“Descaling” (used)" in page


def test_what_is_asked_most_stands_first_page_by_page(
    editor: Client, site: Site, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_of, "PAGE", 1)
    suggest(site, tell, NEAR, answer="rare")
    suggest(site, tell, NEAR + " 1", NEAR + " 2", answer="frequent")
    first, second = read(editor), read(editor, f"{PAGE}?page=2")
    assert ("frequent" in first, "rare" in first) == (True, False)
    assert "rare" in second
    assert "Page 2 of 2" in second
    assert "rare" in read(editor, f"{PAGE}?page=99")


def test_the_intents_form_opens_filled_in_and_can_be_saved(
    editor: Client, site: Site, tell: Tell
) -> None:
    suggest(site, tell, NEAR)
    link = find_link(read(editor), "Make the intent")
    form = editor.get(link).context["adminform"].form
    assert form["name"].value() == "descale_kettle"
    assert form["phrases"].value() == "How do I descale my kettle"
    assert form["examples"].value().splitlines() == [FIRST, NEAR]
    fields = {name: form[name].value() or "" for name in form.fields}
    assert editor.post("/admin/rules/intent/add/", fields).status_code == 302
    intent = Intent.objects.get(name="descale_kettle")
    assert intent.examples == [FIRST, NEAR]


def test_then_the_rules_form_opens_with_the_answer_as_its_reply(
    editor: Client, site: Site, tell: Tell
) -> None:
    suggest(site, tell, NEAR)
    Intent.objects.create(rulebook=site.rulebook, name="descale_kettle", phrases=["descale kettle"])
    page = read(editor)
    assert "Make the intent" not in page
    link = find_link(page, "Make the rule for “descale_kettle”")
    form = editor.get(link).context["adminform"].form
    fields = {name: "" if (value := form[name].value()) is None else value for name in form.fields}
    saved = editor.post("/admin/rules/rule/add/", fields)
    assert saved.status_code == 302, saved.context["adminform"].form.errors
    rule = Rule.objects.get(name="answer_descale_kettle")
    assert rule.when == {"all": [{"intent": "descale_kettle"}]}
    assert rule.then == [{"reply": ANSWER}]
    assert rule.examples == [{"text": FIRST, "expect": "answer_descale_kettle"}]


def test_the_answer_can_be_approved_as_it_is(editor: Client, site: Site, tell: Tell) -> None:
    suggest(site, tell, NEAR)
    link = find_link(read(editor), "Approve the answer")
    form = editor.get(link).context["adminform"].form
    assert form["questions"].value().splitlines() == [FIRST, NEAR]
    assert form["text"].value() == ANSWER
    assert int(form["base"].value()) == site.knowledge_id


def test_what_does_not_fit_an_address_is_left_out(editor: Client, site: Site, tell: Tell) -> None:
    suggest(site, tell, NEAR, answer="ä" * 4_000)
    link = find_link(read(editor), "Then the rule")
    assert len(link) <= page_of.MAX_ADDRESS
    assert "when" in parse_qs(urlsplit(link).query)
    assert editor.get(link).status_code == 200


def test_a_form_opened_with_nonsense_shows_it(editor: Client) -> None:
    for field in ("when", "then", "examples"):
        assert editor.get("/admin/rules/rule/add/", {field: "[{: }"}).status_code == 200


def test_a_dismissed_one_is_kept_aside_and_can_come_back(
    editor: Client, site: Site, tell: Tell
) -> None:
    row = suggest(site, tell, NEAR)
    assert editor.post(f"{PAGE}{row.pk}/").status_code == 302
    row.refresh_from_db()
    assert row.dismissed_by is not None
    assert ANSWER[:7] not in read(editor)
    assert "Show it again" in read(editor, f"{PAGE}?shown=dismissed")
    editor.post(f"{PAGE}{row.pk}/", {"undo": "1"})
    assert ANSWER[:7] in read(editor)
    assert editor.post(f"{PAGE}{row.pk + 1}/").status_code == 404
    assert editor.get(f"{PAGE}{row.pk}/").status_code == 405


def test_erased_words_are_not_shown_and_nothing_breaks(
    editor: Client, site: Site, tell: Tell
) -> None:
    suggest(site, tell, NEAR)
    Event.objects.all().delete()
    page = read(editor)
    assert "The questions were erased." in page
    assert editor.get(find_link(page, "Make the intent")).status_code == 200


def test_hostile_words_stay_words(editor: Client, site: Site, tell: Tell) -> None:
    suggest(site, tell, "<img src=x>", answer="<script>alert(1)</script>")
    page = editor.get(PAGE).content.decode()
    assert "<img src=x>" not in page
    assert "<script>alert" not in page


def test_agents_are_not_asked_for_rules(anna: Client, site: Site, tell: Tell) -> None:
    row = suggest(site, tell, NEAR)
    assert anna.get(PAGE).status_code == 403
    assert anna.post(f"{PAGE}{row.pk}/").status_code == 403


@pytest.mark.parametrize(
    ("question", "name"),
    [
        (FIRST, "descale_kettle"),
        ("¿Cuándo?", "cuándo"),
        ("", "asked_again"),
        ("24 7", "asked_again"),
        ("x" * 300, "x" * 60),
        ("Wo ist mein Paket? Bitte schnell!", "wo_ist_mein_paket"),
    ],
)
def test_a_name_is_made_of_what_it_is_about(question: str, name: str) -> None:
    assert page_of.build_intent_name(question) == name
