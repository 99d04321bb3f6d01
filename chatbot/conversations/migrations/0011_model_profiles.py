import django.db.models.deletion
from django.db import migrations, models


def make_default(apps, _schema_editor):
    """One profile that all sites share: without a release they ask as they did."""
    profile = apps.get_model("llm_bridge", "ModelProfile").objects.create(name="Default")
    apps.get_model("conversations", "Site").objects.update(model_profile=profile)


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0010_budgets_and_cache"),
        ("llm_bridge", "0004_model_releases"),
    ]

    operations = [
        migrations.AddField(
            model_name="site",
            name="model_profile",
            field=models.ForeignKey(
                blank=True,
                help_text="how models are asked; empty: in the order that the server names",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="llm_bridge.modelprofile",
            ),
        ),
        migrations.RunPython(make_default, migrations.RunPython.noop),
    ]
