"""Editing the draft and publishing it, over the console's pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from chatbot.conversations.models import Site
from rules.draft import build_document
from rules.models import Entity, Intent, Rule

REPLY = "- reply: Good night."


def build_intent(site: Site, **fields: Any) -> dict[str, Any]:
    return {
        "rulebook": site.rulebook_id,
        "name": "night",
        "position": 9,
        "phrases": "good night\nsleep [very] well",
        **fields,
    }


def build_rule(site: Site, **fields: Any) -> dict[str, Any]:
    return {
        "rulebook": site.rulebook_id,
        "name": "night_reply",
        "position": 99,
        "priority": 0,
        "when": "{intent: bye}",
        "then": REPLY,
        **fields,
    }


def get_errors(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 200, answer.headers
    errors: dict[str, list[str]] = answer.context["adminform"].form.errors
    return errors


def test_an_intent_is_written_one_phrase_a_line(editor: Client, site: Site) -> None:
    editor.post("/admin/rules/intent/add/", build_intent(site, sealed="on"))
    intent = Intent.objects.get(name="night")
    assert intent.phrases == ["good night", "sleep [very] well"]
    assert intent.sealed


def test_a_bad_phrase_is_named_by_its_line_at_its_field(editor: Client, site: Site) -> None:
    fields = build_intent(site, phrases="good night\n\nsleep (well")
    errors = get_errors(editor.post("/admin/rules/intent/add/", fields))
    assert set(errors) == {"phrases"}
    assert errors["phrases"][0].startswith("Line 3: ")
    assert not Intent.objects.filter(name="night").exists()


def test_an_unknown_intent_in_a_condition_is_named_with_its_line(
    editor: Client, site: Site
) -> None:
    when = "all:\n  - {intent: bye}\n  - {intent: nigt}"
    errors = get_errors(editor.post("/admin/rules/rule/add/", build_rule(site, when=when)))
    assert set(errors) == {"when"}
    assert errors["when"][0].startswith("Line 3: ")
    assert "nigt" in errors["when"][0]


@pytest.mark.parametrize("text", ["{intent: bye", "a: &x 1", "x: 1\nx: 2", "!tag x"])
def test_what_is_not_the_files_yaml_is_refused_with_a_sentence(
    editor: Client, site: Site, text: str
) -> None:
    errors = get_errors(editor.post("/admin/rules/rule/add/", build_rule(site, when=text)))
    assert errors["when"][0].startswith("Line ")
    assert errors["when"][0].endswith(".")


def test_words_that_older_yaml_takes_for_booleans_stay_words(editor: Client, site: Site) -> None:
    when = "all: [{intent: bye}, {fact: visitor.claimed.mood, is: no}]"
    editor.post("/admin/rules/rule/add/", build_rule(site, when=when))
    assert Rule.objects.get(name="night_reply").when["all"][1]["is"] == "no"


def test_saving_a_rule_unchanged_changes_nothing(editor: Client, site: Site) -> None:
    before = build_document(site.rulebook)
    for model in (Entity, Intent, Rule):
        for row in model.objects.all():
            path = f"/admin/rules/{model._meta.model_name}/{row.pk}/change/"
            form = editor.get(path).context["adminform"].form
            fields = {bound.name: bound.value() for bound in form}
            written = {name: value for name, value in fields.items() if value is not False}
            assert editor.post(path, written).status_code == 302
    assert build_document(site.rulebook) == before


def test_a_problem_elsewhere_warns_and_does_not_block(editor: Client, site: Site) -> None:
    bye = Intent.objects.get(name="bye")
    fields = build_intent(site, name="farewells", phrases="goodbye")
    answer = editor.post(f"/admin/rules/intent/{bye.pk}/change/", fields, follow=True)
    bye.refresh_from_db()
    assert bye.name == "farewells"
    page = answer.content.decode()
    assert "the draft has a problem elsewhere" in page
    assert "rules.farewell" in page


def test_a_name_that_is_taken_is_said_at_the_name(editor: Client, site: Site) -> None:
    errors = get_errors(editor.post("/admin/rules/intent/add/", build_intent(site, name="bye")))
    assert errors == {"name": ["This rulebook has another intent called “bye”."]}


def test_an_entitys_values_are_written_with_their_synonyms(editor: Client, site: Site) -> None:
    fields = {
        "rulebook": site.rulebook_id,
        "name": "product",
        "position": 3,
        "values": "kettle: water boiler, boiler\ntoaster",
    }
    editor.post("/admin/rules/entity/add/", fields)
    assert Entity.objects.get(name="product").values == {
        "kettle": ["water boiler", "boiler"],
        "toaster": [],
    }
    errors = get_errors(
        editor.post("/admin/rules/entity/add/", {**fields, "name": "p2", "values": "a\na: b"})
    )
    assert errors == {"values": ["“a” stands here twice."]}
