"""The rulebook's pages beside its tables; the project includes them under admin/."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponseBase
from django.urls import path

from rules.console import collecting, files, history, publishing, stopping, trying

app_name = "rulebook"
View = Callable[..., HttpResponseBase]


def _guard(view: View, *permissions: str) -> Any:
    allowed = permission_required(permissions, raise_exception=True)
    return admin.site.admin_view(allowed(view))


READ, EDIT = "rules.view_rule", "rules.change_rule"
PUBLISH, PAUSE = "rules.publish_release", "rules.pause"
RELEASES = "rules.view_release"

urlpatterns = [
    path("try/", _guard(trying.show_try, READ), name="try"),
    path("try/decide/", _guard(trying.show_decision, READ), name="decide"),
    path("try/effects/", _guard(trying.show_effects, READ), name="effects"),
    path("try/example/", _guard(collecting.add_example, EDIT), name="example"),
    path("changes/", _guard(publishing.show_changes, RELEASES), name="changes"),
    path("changes/findings/", _guard(publishing.show_findings, RELEASES), name="findings"),
    path("changes/publish/", _guard(publishing.send_publish, PUBLISH), name="publish"),
    path("changes/review/", _guard(publishing.send_review, EDIT), name="review"),
    path("changes/approve/", _guard(publishing.send_approval, PUBLISH), name="approve"),
    path("changes/served/", _guard(publishing.show_served, RELEASES), name="served"),
    path("compare/", _guard(publishing.show_comparison, RELEASES), name="compare"),
    path("history/", _guard(history.show_history, READ), name="history"),
    path("history/<int:change_id>/undo/", _guard(history.send_undo, EDIT), name="undo"),
    path("files/", _guard(files.show_files, RELEASES), name="files"),
    path("files/<str:which>.yaml", _guard(files.send_file, RELEASES), name="file"),
    path("files/preview/", _guard(files.show_preview, EDIT), name="preview"),
    path("files/import/", _guard(files.send_import, EDIT), name="import"),
    path("stops/", _guard(stopping.show_stops, PAUSE), name="stops"),
    path("stops/pause/", _guard(stopping.send_pause, PAUSE), name="pause"),
    path("stops/<int:pause_id>/resume/", _guard(stopping.send_resume, PAUSE), name="resume"),
]
