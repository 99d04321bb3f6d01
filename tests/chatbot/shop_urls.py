"""The server's addresses with the demo shop at /, as DEMO=1 has them."""

from __future__ import annotations

from django.urls import include, path

from chatbot.config.urls import urlpatterns as server_urls

urlpatterns = [*server_urls, path("", include("chatbot.demo.urls"))]
