"""What webhooks answered, what was paused, and for each site a secret of its own to sign with."""

from django.db import migrations, models

from chatbot.conversations.models import build_webhook_secret


def make_secrets(apps, _schema_editor):
    # The column's default was made once, for all rows alike.
    for site in apps.get_model("conversations", "Site").objects.all():
        site.webhook_secret = build_webhook_secret()
        site.save(update_fields=["webhook_secret"])


class Migration(migrations.Migration):
    dependencies = [("conversations", "0002_default_site")]
    operations = [
        migrations.AddField(
            model_name="exchange",
            name="answers",
            field=models.JSONField(default=list, help_text="what webhooks answered, in order"),
        ),
        migrations.AddField(
            model_name="exchange",
            name="paused",
            field=models.JSONField(default=list, help_text="rules that were paused"),
        ),
        migrations.AddField(
            model_name="site",
            name="webhook_secret",
            field=models.CharField(default=build_webhook_secret, editable=False, max_length=100),
        ),
        migrations.RunPython(make_secrets, migrations.RunPython.noop),
    ]
