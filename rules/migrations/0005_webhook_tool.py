from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rules", "0004_longer_patterns")]

    operations = [
        migrations.AddField(
            model_name="webhook",
            name="tool",
            field=models.CharField(
                blank=True,
                default="",
                help_text="what the model may look up; empty: nothing",
                max_length=500,
            ),
            preserve_default=False,
        ),
    ]
