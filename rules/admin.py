"""Registers the rulebook's tables with the console; their pages are in `rules.console`."""

from __future__ import annotations

from django.contrib import admin

from rules.console.piece_kinds import EntityAdmin, IntentAdmin, RuleAdmin, WebhookAdmin
from rules.console.releases import ReleaseAdmin
from rules.console.rulebooks import RulebookAdmin
from rules.models import Entity, Intent, Release, Rule, Rulebook, Webhook

admin.site.register(Entity, EntityAdmin)
admin.site.register(Intent, IntentAdmin)
admin.site.register(Rule, RuleAdmin)
admin.site.register(Webhook, WebhookAdmin)
admin.site.register(Rulebook, RulebookAdmin)
admin.site.register(Release, ReleaseAdmin)
