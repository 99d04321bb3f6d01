"""The demo shop's addresses; they exist only with DEMO=1."""

from __future__ import annotations

from django.urls import path

from chatbot.demo import views

urlpatterns = [
    path("", views.show_shop, name="shop"),
    path("shop/orders/", views.show_order, name="shop-orders"),
    path("help/<slug:slug>/", views.show_article, name="help-article"),
]
