"""`manage.py knowledge import PATH`, `index` and `status`: articles without the console."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from llm_bridge.knowledge.importing import Order, Refused, Report, build_origin, import_path
from llm_bridge.knowledge.index import get_version, refresh
from llm_bridge.knowledge.tables import Article, KnowledgeBase, Passage
from llm_bridge.knowledge.vectors import MODEL, is_installed


class Command(BaseCommand):
    help = "Imports help articles from files, builds what search reads, says how things stand."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        read = verbs.add_parser("import", help="articles from a folder, file, archive or sitemap")
        read.add_argument("path", type=Path, help="Markdown, HTML, CSV, sitemap.xml or .zip")
        read.add_argument("--base", default="", help="the knowledge base, where there are several")
        read.add_argument("--language", default="en", help="of pages that do not say")
        read.add_argument("--category", default="", help="of pages that do not say")
        read.add_argument("--origin", default="", help="the import's name; the folder's by itself")
        read.add_argument("--prune", action="store_true", help="disable articles that are gone")
        read.add_argument(
            "--overwrite", action="store_true", help="lose what was changed in the console"
        )
        read.add_argument("--dry-run", action="store_true", help="say what would happen")
        verbs.add_parser("index", help="build passages and vectors that are missing or outdated")
        verbs.add_parser("status", help="articles, passages and vectors of each base")

    def handle(self, *args: Any, **options: Any) -> None:
        verbs = {"import": self._import, "index": self._index, "status": self._tell}
        verbs[options["verb"]](options)

    def _import(self, options: dict[str, Any]) -> None:
        path: Path = options["path"]
        order = Order(
            base=_get_base(options["base"]),
            origin=(options["origin"].strip() or build_origin(path))[:120],
            language=options["language"],
            category=options["category"],
            prune=options["prune"],
            overwrite=options["overwrite"],
            dry_run=options["dry_run"],
        )
        try:
            report = import_path(path=path, order=order, now=timezone.now())
        except Refused as refused:
            raise CommandError(f"{path}: {refused}") from refused
        self._print(report, order)
        if report.problems:
            raise CommandError(f"{len(report.problems)} could not be imported; the rest was.")

    def _print(self, report: Report, order: Order) -> None:
        for verb, keys in (
            ("added", report.added),
            ("changed", report.changed),
            ("disabled", report.disabled),
        ):
            for key in keys:
                self.stdout.write(f"{verb}: {key}")
        for note in report.notes:
            self.stderr.write(f"note: {note}")
        for problem in report.problems:
            self.stderr.write(f"refused: {problem}")
        would = "would be " if order.dry_run else ""
        self.stdout.write(
            f"{order.base.name}, import “{order.origin}”: {len(report.added)} {would}added, "
            f"{len(report.changed)} {would}changed, {len(report.unchanged)} unchanged, "
            f"{len(report.disabled)} {would}disabled, {len(report.problems)} refused."
        )

    def _index(self, options: dict[str, Any]) -> None:
        built = 0
        for base in KnowledgeBase.objects.all():
            while number := refresh(base_id=base.pk):
                built += number
                if options["verbosity"] > 1:
                    self.stdout.write(f"{base.name}: {built}")
        self.stdout.write(f"Built the passages of {built} articles.")

    def _tell(self, options: dict[str, Any]) -> None:
        if is_installed():
            self.stdout.write(f"Search by words and by meaning ({MODEL}).")
        else:
            self.stdout.write("Search by words only: `make vectors` adds search by meaning.")
        for base in KnowledgeBase.objects.all():
            articles = Article.objects.filter(base=base)
            passages = Passage.objects.filter(base=base)
            outdated = articles.filter(index_version__lt=get_version()).count()
            self.stdout.write(
                f"{base.name}: {articles.filter(enabled=True).count()} of {articles.count()} "
                f"articles enabled, {passages.count()} passages, "
                f"{passages.filter(vector_model=MODEL).count()} with vectors, "
                f"{outdated} articles to be indexed."
            )


def _get_base(name: str) -> KnowledgeBase:
    bases = list(KnowledgeBase.objects.all()[:50])
    if not name and len(bases) == 1:
        return bases[0]
    found = next((base for base in bases if base.name == name), None)
    if found is None:
        known = ", ".join(base.name for base in bases) or "none"
        raise CommandError(f"Name a knowledge base with --base. There are: {known}.")
    return found
