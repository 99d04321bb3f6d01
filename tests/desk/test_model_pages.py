"""The model's pages: the draft as a form, publishing and going back, cases, trials, canaries."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from chatbot.conversations.cases import build_roster
from chatbot.conversations.models import Exchange, Site
from llm_bridge.models import ModelCase, ModelProfile, ModelRelease
from llm_bridge.releases.canary import record_alarms
from llm_bridge.releases.measures import Finding, Kind
from llm_bridge.releases.tables import CanaryAlarm, CaseRun
from llm_bridge.releases.trials import start_trial
from tests.desk.conftest import Tell

EMPTY = {"provider": "", "model": "", "reasoning_effort": ""}


@pytest.fixture(autouse=True)
def _model(settings: Settings) -> None:
    settings.ENVIRONMENT = replace(
        settings.ENVIRONMENT, llm_base_url="http://127.0.0.1:9/v1", llm_model="small"
    )


@pytest.fixture(autouse=True)
def profile(site: Site) -> ModelProfile:
    profile, _ = ModelProfile.objects.get_or_create(name="Default")
    Site.objects.update(model_profile=profile)
    return profile


def build_form(*choices: dict[str, str], version: int = 0, **fields: Any) -> dict[str, Any]:
    form: dict[str, Any] = {"version": version, "prompt": "", "temperature": "0.2"}
    form |= {"max_tokens": "700", "words": "", "questions": "", "unanswered": "", **fields}
    for prefix, listed in (("choices", choices), ("hard", fields.pop("hard", ()))):
        form |= {f"{prefix}-TOTAL_FORMS": len(listed), f"{prefix}-INITIAL_FORMS": 0}
        for at, choice in enumerate(listed):
            form |= {f"{prefix}-{at}-{k}": v for k, v in {**EMPTY, **choice}.items()}
    return form


def save(editor: Client, *choices: dict[str, str], **fields: Any) -> Any:
    listed = choices or ({"provider": "default"},)
    return editor.post("/admin/models/draft/", build_form(*listed, **fields))


def publish(editor: Client, profile: ModelProfile, **fields: Any) -> Any:
    profile.refresh_from_db()
    seen = {"version": profile.version, "live": profile.live_id or ""}
    return editor.post("/admin/models/changes/publish/", {**seen, "message": "why", **fields})


def test_an_owner_edits_publishes_and_goes_back(editor: Client, profile: ModelProfile) -> None:
    assert save(editor, prompt="We say thou.").status_code == 302
    changes = editor.get("/admin/models/changes/").content.decode()
    assert "We say thou." in changes
    answer = publish(editor, profile)
    assert answer["Location"].endswith("?published=1")
    profile.refresh_from_db()
    roster = build_roster(Site.objects.get())
    assert roster is not None
    assert roster.plan.prompt == "We say thou."
    assert "Release 1 is live" in editor.get(answer["Location"]).content.decode()
    save(editor, prompt="We say you.", version=profile.version)
    publish(editor, profile)
    first = ModelRelease.objects.get(number=1)
    assert editor.post(f"/admin/models/releases/{first.pk}/live/").status_code == 302
    profile.refresh_from_db()
    assert profile.live == first
    assert "We say you." in editor.get("/admin/models/setup/").content.decode()


def test_every_page_is_there_before_anything_was_done(
    editor: Client, profile: ModelProfile
) -> None:
    for path in ("setup/", "changes/", "releases/", "canary/"):
        assert editor.get(f"/admin/models/{path}").status_code == 200, path
    for path in ("", "add/"):
        assert editor.get(f"/admin/llm_bridge/modelcase/{path}").status_code == 200, path


def test_without_a_provider_the_page_says_so(editor: Client, settings: Settings) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, llm_base_url="", llm_model="")
    assert "No provider is configured" in editor.get("/admin/models/setup/").content.decode()
    assert editor.get("/admin/models/changes/").status_code == 200


@pytest.mark.parametrize(
    ("choice", "fields", "told"),
    [
        (EMPTY, {}, "Choose at least one model to ask."),
        ({"model": "small"}, {}, "Choose the provider that has this model."),
        ({"provider": "gone"}, {}, "gone is not configured on this server."),
        ({"provider": "default"}, {"temperature": "3"}, "less than or equal to 2"),
        ({"provider": "default"}, {"max_tokens": ""}, "This field is required."),
        ({"provider": "default"}, {"prompt": "x" * 4_001}, "at most 4000 characters"),
        (
            {"provider": "default"},
            {"hard": ({"provider": "default", "model": "large"},)},
            "Say what a hard question is",
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    editor: Client, profile: ModelProfile, choice: dict[str, str], fields: Any, told: str
) -> None:
    answer = save(editor, choice, **fields)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert "Not saved" in answer.content.decode()
    profile.refresh_from_db()
    assert profile.draft is None


def test_the_second_of_two_editors_sees_both_and_loses_nothing(
    editor: Client, profile: ModelProfile
) -> None:
    save(editor, prompt="The first one's words.")
    answer = save(editor, prompt="The second one's words.")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "The first one&#x27;s words." in page
    assert "The second one&#x27;s words." in page
    profile.refresh_from_db()
    assert profile.draft is not None
    assert profile.draft["prompt"] == "The first one's words."


def test_an_untried_draft_wants_a_tick(editor: Client, profile: ModelProfile) -> None:
    ModelCase.objects.create(profile=profile, question="How long?")
    save(editor, prompt="Other words.")
    assert publish(editor, profile).status_code == 422
    assert publish(editor, profile, accept_untried="on").status_code == 302
    assert "published without a trial" in editor.get("/admin/models/releases/").content.decode()


def test_a_provider_that_is_gone_is_said_on_every_page(
    editor: Client, profile: ModelProfile, settings: Settings
) -> None:
    save(editor, {"provider": "default", "model": "small"})
    publish(editor, profile)
    ModelRelease.objects.update(content={"choices": [{"provider": "gone"}], "prompt": "Ours."})
    page = editor.get("/admin/models/setup/").content.decode()
    assert "not configured any more" in page


def test_a_trial_shows_how_far_it_is(editor: Client, profile: ModelProfile) -> None:
    ModelCase.objects.create(profile=profile, question="<b>How long?</b>")
    save(editor, prompt="Other words.")
    profile.refresh_from_db()
    run = start_trial(profile=profile, limit=10_000, author=None, now=datetime.now(UTC))
    page = editor.get(f"/admin/models/trials/{run.pk}/").content.decode()
    assert "0 of 2 answers" in page
    assert "&lt;b&gt;How long?" in page
    assert "data-under-way" in editor.get(f"/admin/models/trials/{run.pk}/rows/").content.decode()
    editor.post(f"/admin/models/trials/{run.pk}/stop/")
    assert "Somebody stopped it" in editor.get(f"/admin/models/trials/{run.pk}/").content.decode()


@pytest.mark.parametrize("limit", ["", "nan", "-1", "inf", "much", "1e9"])
def test_a_limit_that_is_none_starts_nothing(
    editor: Client, profile: ModelProfile, limit: str
) -> None:
    ModelCase.objects.create(profile=profile, question="How long?")
    save(editor, prompt="Other words.")
    editor.post("/admin/models/trials/", {"limit": limit})
    assert not CaseRun.objects.exists()


def test_cases_come_from_a_file_all_or_none(editor: Client, profile: ModelProfile) -> None:
    def send(text: str) -> str:
        file = SimpleUploadedFile("cases.csv", text.encode())
        answer = editor.post("/admin/models/cases/import/", {"file": file}, follow=True)
        return str(answer.content.decode())

    assert "Line 3" in send("question,must_say\nHow long?,30 days\nAnd this?,/(/\n")
    assert not ModelCase.objects.exists()
    assert "2 new cases" in send("question;must_say;canary\nHow long?;30 days|free;yes\nHello?;;\n")
    case = ModelCase.objects.get(question="How long?")
    assert (case.must_say, case.is_canary) == (["30 days", "free"], True)
    assert "0 new cases" in send("question\nHow long?\n")
    assert "has to name the columns" in send("")


def test_a_line_that_cannot_be_looked_for_is_said_at_its_field(
    editor: Client, profile: ModelProfile
) -> None:
    form = {"profile": profile.pk, "question": "How long?", "must_say": "/(/", "must_not_say": ""}
    page = editor.post("/admin/llm_bridge/modelcase/add/", form).content.decode()
    assert "cannot be read" in page


def test_an_alarm_stands_on_the_first_page_until_somebody_clears_it(
    editor: Client, profile: ModelProfile
) -> None:
    run = CaseRun.objects.create(
        profile=profile,
        kind="canary",
        state="finished",
        content={},
        account=uuid4(),
        started_at=timezone.now(),
    )
    told = Finding(Kind.FAILS, "0 of 3 answers pass; it was 3 of 3.")
    record_alarms(run=run, findings=[told, told], now=timezone.now())
    alarm = CanaryAlarm.objects.get()
    assert told.detail in editor.get("/admin/").content.decode()
    editor.post(f"/admin/models/canary/alarms/{alarm.pk}/", {"how": "seen", "note": "Ours"})
    assert told.detail not in editor.get("/admin/").content.decode()
    assert "“Ours”" in editor.get("/admin/models/canary/").content.decode()


def test_who_may_only_look_changes_nothing(client: Client, profile: ModelProfile) -> None:
    user = User.objects.create_user("ben", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_modelprofile"))
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/admin/models/setup/").status_code == 200
    assert client.post("/admin/models/draft/").status_code == 403
    assert client.post("/admin/models/changes/publish/").status_code == 403
    assert client.post("/admin/models/trials/").status_code == 403
    assert client.post("/admin/models/canary/schedule/").status_code == 403


def test_a_question_becomes_a_case_with_one_button_and_once(
    editor: Client, profile: ModelProfile, tell: Tell
) -> None:
    exchange = Exchange.objects.get(conversation=tell("where is my order AB-123456"))
    page = editor.get(f"/admin/conversations/exchange/{exchange.pk}/change/").content.decode()
    address = f"/admin/models/cases/from/{exchange.pk}/"
    assert address in page
    first, second = (editor.post(address) for _ in range(2))
    case = ModelCase.objects.get()
    assert (case.question, case.reference) == ("where is my order AB-123456", exchange.pk)
    assert first["Location"] == second["Location"]
    assert editor.get(first["Location"]).status_code == 200
    assert editor.post(f"/admin/models/cases/from/{uuid4()}/").status_code == 404


@pytest.mark.parametrize(
    "form", [{}, {"choices-TOTAL_FORMS": "9" * 30}, {"choices-TOTAL_FORMS": "-1", "prompt": "\0"}]
)
def test_a_form_that_no_page_sent_is_refused(
    editor: Client, profile: ModelProfile, form: dict[str, str]
) -> None:
    assert editor.post("/admin/models/draft/", form).status_code == 422
    profile.refresh_from_db()
    assert profile.draft is None
