"""Every address of the server."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from chatbot.desk.costs import costs_page
from chatbot.desk.suggestions import dismissal_page, suggestions_page
from chatbot.web import health, widget
from chatbot.web.api import api

urlpatterns = [
    path("api/", api.urls),
    path("healthz", health.show_alive),
    path("readyz", health.show_ready),
    path("widget/loader.js", widget.show_loader, name="widget-loader"),
    path("widget/frame/", widget.show_frame, name="widget-frame"),
    path("desk/", include("chatbot.desk.urls")),
    path("admin/rulebook/", include("rules.console.urls")),
    path("admin/costs/", costs_page, name="costs"),
    path("admin/suggestions/", suggestions_page, name="suggestions"),
    path("admin/suggestions/<int:suggestion_id>/", dismissal_page, name="suggestion-dismissal"),
    path("admin/models/", include("llm_bridge.releases.console.urls")),
    path("admin/", admin.site.urls),
]

if settings.ENVIRONMENT.demo:
    urlpatterns.append(path("", include("chatbot.demo.urls")))

handler400 = "chatbot.web.problems.show_bad_request"
handler403 = "chatbot.web.problems.show_forbidden"
handler404 = "chatbot.web.problems.show_not_found"
handler500 = "chatbot.web.problems.show_server_error"
