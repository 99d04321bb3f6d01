from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conversations", "0011_model_profiles")]

    operations = [
        migrations.AddField(
            model_name="exchange",
            name="action",
            field=models.CharField(
                blank=True,
                db_default="",
                help_text="what the model wanted: continue, clarify (a question back) or handoff",
                max_length=8,
            ),
        ),
    ]
