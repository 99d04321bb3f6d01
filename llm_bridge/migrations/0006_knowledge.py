"""Articles with categories and dates, and their passages with full-text search."""

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.db import migrations, models

_POSTGRES = (
    """
    ALTER TABLE llm_bridge_passage ADD COLUMN search tsvector
    GENERATED ALWAYS AS (array_to_tsvector(string_to_array(NULLIF(terms, ''), ' '))) STORED
    """,
    "CREATE INDEX llm_bridge_passage_search ON llm_bridge_passage USING gin (search)",
)
# Terms come folded and separated; marks are part of them in Thai and others. Whoever changes the
# passages' table later has to make the triggers again: on SQLite Django builds it anew.
_SQLITE = (
    """
    CREATE VIRTUAL TABLE llm_bridge_passage_search USING fts5(
        terms, content='llm_bridge_passage', content_rowid='id',
        tokenize="unicode61 remove_diacritics 0 categories 'L* N* M* Co'")
    """,
    """
    CREATE TRIGGER llm_bridge_passage_added AFTER INSERT ON llm_bridge_passage BEGIN
        INSERT INTO llm_bridge_passage_search (rowid, terms) VALUES (new.id, new.terms);
    END
    """,
    """
    CREATE TRIGGER llm_bridge_passage_removed AFTER DELETE ON llm_bridge_passage BEGIN
        INSERT INTO llm_bridge_passage_search (llm_bridge_passage_search, rowid, terms)
        VALUES ('delete', old.id, old.terms);
    END
    """,
    """
    CREATE TRIGGER llm_bridge_passage_changed AFTER UPDATE OF terms ON llm_bridge_passage BEGIN
        INSERT INTO llm_bridge_passage_search (llm_bridge_passage_search, rowid, terms)
        VALUES ('delete', old.id, old.terms);
        INSERT INTO llm_bridge_passage_search (rowid, terms) VALUES (new.id, new.terms);
    END
    """,
)


def add_search(apps, schema_editor):
    statements = _POSTGRES if schema_editor.connection.vendor == "postgresql" else _SQLITE
    for statement in statements:
        schema_editor.execute(statement)


def remove_search(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX llm_bridge_passage_search")
        schema_editor.execute("ALTER TABLE llm_bridge_passage DROP COLUMN search")
        return
    for name in ("added", "removed", "changed"):
        schema_editor.execute(f"DROP TRIGGER llm_bridge_passage_{name}")
    schema_editor.execute("DROP TABLE llm_bridge_passage_search")


class Migration(migrations.Migration):
    dependencies = [
        ("llm_bridge", "0005_approved_replies_and_suggestions"),
    ]

    operations = [
        migrations.CreateModel(
            name="Passage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveIntegerField()),
                ("heading", models.CharField(blank=True, max_length=300)),
                ("text", models.TextField()),
                ("language", models.CharField(max_length=8)),
                (
                    "terms",
                    models.TextField(
                        help_text="what search compares: the title's, heading's and text's"
                    ),
                ),
                ("length", models.PositiveIntegerField(help_text="how many terms")),
                (
                    "vector",
                    models.BinaryField(
                        help_text="half-precision numbers, little-endian", null=True
                    ),
                ),
                ("vector_model", models.CharField(blank=True, max_length=60)),
                (
                    "revision",
                    models.PositiveBigIntegerField(
                        help_text="the base's, when this was last written"
                    ),
                ),
            ],
            options={
                "ordering": ["article", "position"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="article",
            name="article_body_within_limit",
        ),
        migrations.RemoveIndex(
            model_name="article",
            name="llm_bridge__base_id_6bc166_idx",
        ),
        migrations.AddField(
            model_name="article",
            name="category",
            field=models.CharField(blank=True, help_text="To find it in the list.", max_length=80),
        ),
        migrations.AddField(
            model_name="article",
            name="imported_digest",
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name="article",
            name="index_version",
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="article",
            name="origin",
            field=models.CharField(blank=True, editable=False, max_length=120),
        ),
        migrations.AddField(
            model_name="article",
            name="origin_key",
            field=models.CharField(blank=True, editable=False, max_length=500),
        ),
        migrations.AddField(
            model_name="article",
            name="owner_note",
            field=models.CharField(
                blank=True, help_text="Who looks after it, and what to look at.", max_length=200
            ),
        ),
        migrations.AddField(
            model_name="article",
            name="review_by",
            field=models.DateField(
                blank=True, help_text="When somebody has to read it again.", null=True
            ),
        ),
        migrations.AddField(
            model_name="article",
            name="valid_from",
            field=models.DateTimeField(
                blank=True, help_text="Not found before. Empty: at once.", null=True
            ),
        ),
        migrations.AddField(
            model_name="article",
            name="valid_until",
            field=models.DateTimeField(
                blank=True, help_text="Not found from then on. Empty: for good.", null=True
            ),
        ),
        migrations.AddField(
            model_name="article",
            name="vanished_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="knowledgebase",
            name="revision",
            field=models.PositiveBigIntegerField(default=0, editable=False),
        ),
        migrations.AlterField(
            model_name="article",
            name="body",
            field=models.TextField(
                help_text="Markdown. Headings and blank lines separate the passages that answers quote.",
                validators=[django.core.validators.MaxLengthValidator(100000)],
            ),
        ),
        migrations.AlterField(
            model_name="article",
            name="language",
            field=models.CharField(
                default="en",
                help_text="A code such as en, de or pt-BR; questions in it find this article first.",
                max_length=16,
                validators=[
                    django.core.validators.RegexValidator(
                        "^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$", "Give a code such as en."
                    )
                ],
            ),
        ),
        migrations.AddIndex(
            model_name="article",
            index=models.Index(fields=["base", "index_version"], name="article_to_index"),
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=models.UniqueConstraint(
                condition=models.Q(("origin_key", ""), _negated=True),
                fields=("base", "origin", "origin_key"),
                name="article_once_per_origin",
            ),
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=models.CheckConstraint(
                condition=django.db.models.lookups.LessThanOrEqual(
                    django.db.models.functions.text.Length("body"), 100000
                ),
                name="article_body_within_limit",
            ),
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_from", None),
                    ("valid_until", None),
                    ("valid_from__lt", models.F("valid_until")),
                    _connector="OR",
                ),
                name="article_begins_before_it_ends",
                violation_error_message="It would end before it begins.",
            ),
        ),
        migrations.AddField(
            model_name="passage",
            name="article",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="passages",
                to="llm_bridge.article",
            ),
        ),
        migrations.AddField(
            model_name="passage",
            name="base",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="llm_bridge.knowledgebase",
            ),
        ),
        migrations.AddIndex(
            model_name="passage",
            index=models.Index(fields=["base", "language"], name="passage_in_language"),
        ),
        migrations.AddIndex(
            model_name="passage",
            index=models.Index(fields=["base", "revision"], name="passage_by_revision"),
        ),
        migrations.RunPython(add_search, remove_search),
    ]
