"""The default site: what commands use when none is named."""

from django.db import migrations


def make_default_site(apps, _schema_editor):
    site = apps.get_model("conversations", "Site")
    rulebook = apps.get_model("rules", "Rulebook").objects.create(name="Default")
    knowledge = apps.get_model("llm_bridge", "KnowledgeBase").objects.create(name="Default")
    site.objects.create(key="default", name="My website", rulebook=rulebook, knowledge=knowledge)


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0001_initial"),
        ("rules", "0001_initial"),
        ("llm_bridge", "0001_initial"),
    ]
    operations = [migrations.RunPython(make_default_site, migrations.RunPython.noop)]
