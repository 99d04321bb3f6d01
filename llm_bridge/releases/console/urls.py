"""The model releases' pages beside their tables; the project includes them under admin/."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponseBase
from django.urls import path

from llm_bridge.releases.console import canary, cases, publishing, setup, trials

app_name = "models"
View = Callable[..., HttpResponseBase]


def _guard(view: View, *permissions: str) -> Any:
    allowed = permission_required(permissions, raise_exception=True)
    return admin.site.admin_view(allowed(view))


READ, EDIT = "llm_bridge.view_modelprofile", "llm_bridge.change_modelprofile"
PUBLISH = "llm_bridge.publish_modelrelease"
KEEP = "llm_bridge.add_modelcase"

urlpatterns = [
    path("setup/", _guard(setup.show_setup, READ), name="setup"),
    path("draft/", _guard(setup.send_draft, EDIT), name="draft"),
    path("preview/", _guard(setup.show_preview, READ), name="preview"),
    path("changes/", _guard(publishing.show_changes, READ), name="changes"),
    path("changes/publish/", _guard(publishing.send_publish, PUBLISH), name="publish"),
    path("releases/", _guard(publishing.show_releases, READ), name="releases"),
    path("releases/withdraw/", _guard(publishing.send_withdrawal, PUBLISH), name="withdraw"),
    path("releases/<int:release_id>/", _guard(publishing.show_release, READ), name="release"),
    path("releases/<int:release_id>/live/", _guard(publishing.make_live, PUBLISH), name="live"),
    path("trials/", _guard(trials.send_trial, EDIT), name="try"),
    path("trials/<uuid:run_id>/", _guard(trials.show_trial, READ), name="trial"),
    path("trials/<uuid:run_id>/rows/", _guard(trials.show_rows, READ), name="rows"),
    path("trials/<uuid:run_id>/stop/", _guard(trials.send_stop, EDIT), name="stop"),
    path("trials/<uuid:run_id>/resume/", _guard(trials.send_resume, EDIT), name="resume"),
    path("cases/import/", _guard(cases.send_file, KEEP), name="import"),
    path("cases/from/<uuid:exchange_id>/", _guard(cases.send_question, KEEP), name="keep"),
    path("canary/", _guard(canary.show_canary, READ), name="canary"),
    path("canary/schedule/", _guard(canary.send_schedule, PUBLISH), name="schedule"),
    path("canary/alarms/<int:alarm_id>/", _guard(canary.send_clearing, EDIT), name="clear"),
]
