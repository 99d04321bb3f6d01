"""Every address with the demo shop's, which the server itself adds only with DEMO=1."""

from __future__ import annotations

from django.urls import include, path

from chatbot.config import urls

urlpatterns = [path("", include("chatbot.demo.urls")), *urls.urlpatterns]
