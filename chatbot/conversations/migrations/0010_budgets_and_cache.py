from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0009_api_keys"),
    ]

    operations = [
        migrations.AddField(
            model_name="exchange",
            name="cached_from",
            field=models.UUIDField(help_text="the exchange whose answer this is", null=True),
        ),
        migrations.AddField(
            model_name="site",
            name="at_limit",
            field=models.CharField(
                choices=[
                    ("knowledge", "an answer from the help articles, else a person"),
                    ("person", "a person"),
                    ("line", "a line; the bot goes on with rules alone"),
                ],
                default="knowledge",
                max_length=9,
            ),
        ),
        migrations.AddField(
            model_name="site",
            name="budget_conversation",
            field=models.PositiveBigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="site",
            name="budget_day",
            field=models.PositiveBigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="site",
            name="budget_month",
            field=models.PositiveBigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="site",
            name="cache_enabled",
            field=models.BooleanField(default=True, help_text="give stored answers again"),
        ),
        migrations.AddField(
            model_name="site",
            name="limit_line",
            field=models.CharField(
                default="I can't answer that one right now. Ask me in other words, or talk to a person.",
                max_length=300,
            ),
        ),
    ]
