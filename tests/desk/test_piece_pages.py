"""The pages of entities, intents, rules and webhooks: live checks, conflicts, lists, deleting."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from django.test import Client

from chatbot.conversations.models import Site
from rules.console.forms import KINDS
from rules.language.builtins import PATTERNS, Builtin
from rules.models import DraftChange, Entity, Intent, Rule, Webhook
from tests.desk.conftest import sign_in
from tests.desk.test_rulebook import build_intent, build_rule, get_errors

ADD = "/admin/rules/{}/add/"


def ask(client: Client, kind: str, fields: dict[str, Any]) -> dict[str, Any]:
    """What the page is told while somebody types."""
    answer = client.post(f"/admin/rules/{kind}/check/", fields)
    assert answer.status_code == 200
    told: dict[str, Any] = answer.json()
    return told


def find_marks(told: dict[str, Any], kind: str) -> list[tuple[str, str]]:
    return [(mark["field"], mark["at"]) for mark in told[kind]]


def test_a_bad_phrase_is_marked_at_its_row_and_the_others_are_tried(
    editor: Client, site: Site
) -> None:
    fields = build_intent(
        site, phrases="good night\nsleep (well", examples="Good night!\nsleep well\ngoodbye"
    )
    told = ask(editor, "intent", fields)
    assert find_marks(told, "problems") == [("phrases", "[1]")]
    assert find_marks(told, "outcomes") == [("examples", "[1]"), ("examples", "[2]")]
    assert told["outcomes"][1]["message"] == "“goodbye” is recognised as bye, not as night."
    assert not Intent.objects.filter(name="night").exists()


def test_words_that_may_forgive_typos_come_from_the_phrases(editor: Client, site: Site) -> None:
    told = ask(editor, "intent", build_intent(site, phrases="my (delivery|bed) is late"))
    assert told["words"] == {"delivery": 2, "late": 1}


def test_nothing_has_to_be_named_before_it_is_checked(editor: Client, site: Site) -> None:
    told = ask(editor, "intent", build_intent(site, name="", examples="Good night!"))
    assert told["is_tried"]
    assert told["problems"] == told["outcomes"] == []


def test_a_rules_example_says_who_answers_instead(editor: Client, site: Site) -> None:
    fields = build_rule(site, examples="- bye bye\n- {text: hello, expect: null}\n- goodbye")
    told = ask(editor, "rule", fields)
    assert [mark["at"] for mark in told["outcomes"]] == ["[0]", "[2]"]
    assert "farewell" in told["outcomes"][1]["message"]


def test_a_wrong_part_of_a_condition_is_named_by_its_place(editor: Client, site: Site) -> None:
    when = '{"all": [{"intent": "bye"}, {"any": [{"intent": "nigt"}]}]}'
    told = ask(editor, "rule", build_rule(site, when=when))
    assert find_marks(told, "problems") == [("when", ".all[1].any[0].intent")]
    assert told["texts"]["when"]["text"].startswith("all:\n  - {intent: bye}\n")


def test_an_entity_shows_what_it_finds_in_a_sample(editor: Client, site: Site) -> None:
    fields = {"name": "drink", "kind": "values", "values": "tea: green tea\ncocoa"}
    told = ask(editor, "entity", {**fields, "_sample": "a Green Tea, please"})
    assert told["found"] == [{"start": 2, "end": 11, "value": "tea"}]


@pytest.mark.parametrize(
    ("builtin", "sample", "value"),
    [("email", "to a@b.example", "a@b.example"), ("number", "I need 3 of them", 3)],
)
def test_ready_made_entities_show_what_they_find(
    editor: Client, site: Site, builtin: str, sample: str, value: Any
) -> None:
    fields = {"name": "it", "kind": "builtin", "builtin": builtin, "_sample": sample}
    assert [each["value"] for each in ask(editor, "entity", fields)["found"]] == [value]


def test_every_ready_made_entity_has_a_name_for_people() -> None:
    assert set(KINDS) == {*PATTERNS, *get_args(Builtin)}


def test_the_check_is_for_who_may_see_rules(site: Site) -> None:
    stranger = sign_in("sam", "Nobody")
    assert stranger.post("/admin/rules/rule/check/", {}).status_code == 403
    assert stranger.get("/admin/rules/rule/vocabulary/").status_code == 403


def test_only_the_chosen_kind_of_an_entity_counts(editor: Client, site: Site) -> None:
    fields = {
        "rulebook": site.rulebook_id,
        "name": "drink",
        "position": 3,
        "kind": "pattern",
        "values": "tea",
        "pattern": r"T-\d+",
        "builtin": "email",
    }
    editor.post(ADD.format("entity"), fields)
    entity = Entity.objects.get(name="drink")
    assert (entity.pattern, entity.values, entity.builtin) == (r"T-\d+", {}, "")


def test_blanks_in_a_name_become_underscores(editor: Client, site: Site) -> None:
    editor.post(ADD.format("intent"), build_intent(site, name=" good  night "))
    assert Intent.objects.filter(name="good_night").exists()
    errors = get_errors(editor.post(ADD.format("intent"), build_intent(site, name="3 nights")))
    assert set(errors) == {"name"}


def test_typos_and_tags_are_written_one_a_line(editor: Client, site: Site) -> None:
    fields = build_intent(site, phrases="my delivery is late", typos="late\ndelivery: 2", tags="a")
    editor.post(ADD.format("intent"), fields)
    intent = Intent.objects.get(name="night")
    assert (intent.typos, intent.tags) == ({"late": 1, "delivery": 2}, ["a"])
    errors = get_errors(
        editor.post(ADD.format("intent"), {**fields, "name": "n2", "typos": "sleep"})
    )
    assert set(errors) == {"typos"}


def test_values_that_no_line_can_hold_survive_saving(editor: Client, site: Site) -> None:
    values = {"tea: green": ["a, b"], "10": [], "9": ["[nine]"]}
    entity = Entity.objects.create(rulebook=site.rulebook, name="odd", values=values)
    path = f"/admin/rules/entity/{entity.pk}/change/"
    form = editor.get(path).context["adminform"].form
    fields = {bound.name: bound.value() for bound in form}
    assert editor.post(path, {**fields, "position": 7}).status_code == 302
    entity.refresh_from_db()
    assert (list(entity.values.items()), entity.position) == (list(values.items()), 7)


def test_a_rule_is_valid_for_a_time(editor: Client, site: Site) -> None:
    fields = build_rule(site, valid_from="2026-11-27", valid_until="2026-11-30T18:00")
    editor.post(ADD.format("rule"), fields)
    valid = Rule.objects.get(name="night_reply").valid
    assert valid == {"from": "2026-11-27", "until": "2026-11-30T18:00"}
    errors = get_errors(
        editor.post(ADD.format("rule"), {**fields, "name": "r2", "valid_until": "tomorrow"})
    )
    assert set(errors) == {"valid_until"}


def test_a_webhook_is_told_what_somebody_listed(administrator: Client, site: Site) -> None:
    fields = {
        "rulebook": site.rulebook_id,
        "name": "order_lookup",
        "position": 0,
        "url": "https://shop.example/hooks/order",
        "send": "language\nsite",
        "timeout": "2.5",
        "public": "on",
    }
    administrator.post(ADD.format("webhook"), fields)
    webhook = Webhook.objects.get()
    assert (webhook.send, webhook.timeout, webhook.public) == (["language", "site"], 2.5, True)
    errors = get_errors(
        administrator.post(ADD.format("webhook"), {**fields, "name": "w2", "url": "ftp://x"})
    )
    assert set(errors) == {"url"}


def open_piece(client: Client, row: Any) -> tuple[str, dict[str, Any]]:
    """The form's address and what stands in its fields."""
    path = f"/admin/rules/{row._meta.model_name}/{row.pk}/change/"
    form = client.get(path).context["adminform"].form
    fields = {bound.name: bound.value() for bound in form}
    return path, {name: value for name, value in fields.items() if value not in (False, None)}


@pytest.mark.parametrize("times_saved", [0, 1])
def test_whoever_was_slower_sees_both_versions_and_saves_again(
    editor: Client, administrator: Client, site: Site, times_saved: int
) -> None:
    bye = Intent.objects.get(name="bye")
    for at in range(times_saved):
        path, fields = open_piece(administrator, bye)
        administrator.post(path, {**fields, "phrases": f"goodbye\nfarewell {at}"})
    path, mine = open_piece(editor, bye)
    _, theirs = open_piece(administrator, bye)
    administrator.post(path, {**theirs, "phrases": "goodbye\nso long"})
    refused = editor.post(path, {**mine, "phrases": "goodbye\nfarewell"})
    page = refused.content.decode()
    assert "Ada" in page
    assert "so long" in page
    assert "goodbye\nfarewell</textarea>" in page
    bye.refresh_from_db()
    assert bye.phrases == ["goodbye", "so long"]
    form = refused.context["adminform"].form
    again = {bound.name: bound.value() for bound in form if bound.value() not in (False, None)}
    assert editor.post(path, again).status_code == 302
    bye.refresh_from_db()
    assert bye.phrases == ["goodbye", "farewell"]


def test_what_was_deleted_meanwhile_is_not_lost(
    editor: Client, administrator: Client, site: Site
) -> None:
    editor.post(ADD.format("intent"), build_intent(site))
    night = Intent.objects.get(name="night")
    path, mine = open_piece(editor, night)
    administrator.post(f"/admin/rules/intent/{night.pk}/delete/", {"post": "yes"})
    refused = editor.post(path, {**mine, "phrases": "sleep well"})
    page = refused.content.decode()
    assert "deleted “night” after you opened it." in page
    assert "sleep well</textarea>" in page
    form = refused.context["adminform"].form
    again = {bound.name: bound.value() for bound in form if bound.value() not in (False, None)}
    assert editor.post(path, again).status_code == 302
    assert Intent.objects.get(name="night").phrases == ["sleep well"]


def test_every_change_is_in_the_history_with_its_author(editor: Client, site: Site) -> None:
    editor.post(ADD.format("intent"), build_intent(site))
    night = Intent.objects.get(name="night")
    editor.post(f"/admin/rules/intent/{night.pk}/delete/", {"post": "yes"})
    changes = [(each.action, each.author.username) for each in DraftChange.objects.all()[:2]]
    assert changes == [("deleted", "edna"), ("created", "edna")]


def test_what_others_use_is_not_deleted(editor: Client, site: Site) -> None:
    bye = Intent.objects.get(name="bye")
    path = f"/admin/rules/intent/{bye.pk}/delete/"
    page = editor.get(path).content.decode()
    assert "bye is used by 1 rule, so it stays for now" in page
    assert "farewell</a>" in page
    editor.post(path, {"post": "yes"})
    marked = {"action": "delete_selected", "_selected_action": [bye.pk], "post": "yes"}
    editor.post("/admin/rules/intent/", marked)
    assert Intent.objects.filter(name="bye").exists()


def test_several_pieces_are_deleted_at_once_with_a_change_each(editor: Client, site: Site) -> None:
    for name in ("night", "noon"):
        fields = build_intent(site, name=name, phrases=f"good {name}")
        editor.post(ADD.format("intent"), fields)
    rows = Intent.objects.filter(name__in=("night", "noon"))
    marked = {"action": "delete_selected", "_selected_action": [row.pk for row in rows]}
    assert "Delete night, noon?" in editor.post("/admin/rules/intent/", marked).content.decode()
    editor.post("/admin/rules/intent/", {**marked, "post": "yes"})
    assert not rows.all().exists()
    assert DraftChange.objects.filter(action="deleted").count() == 2


def test_the_list_of_rules_says_what_each_needs_and_does(editor: Client, site: Site) -> None:
    when = "{any: [{intent: bye}, {all: [{fact: hours, is: closed}, {fact: turn, at_least: 2}]}]}"
    then = "[{reply: {en: '**Good** night.', de: Gute Nacht.}}, {handoff: night}]"
    editor.post(ADD.format("rule"), build_rule(site, when=when, then=then, priority=-5))
    page = editor.get("/admin/rules/rule/").content.decode()
    assert "wants bye or (the shop is closed and the number of the message is at least 2)" in page
    assert "Good night." in page
    assert "hands over to people (night)" in page


def test_the_list_names_an_example_that_fails(editor: Client, site: Site) -> None:
    bye = Intent.objects.get(name="bye")
    path, fields = open_piece(editor, bye)
    editor.post(path, {**fields, "examples": "see you"})
    page = editor.get("/admin/rules/intent/").content.decode()
    assert "“see you” is recognised as no intent, not as bye." in page
