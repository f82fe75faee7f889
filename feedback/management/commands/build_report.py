"""`manage.py build_report SCAMP`: the report of a plan, from the rows themselves."""

import json
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import Site
from carepaths.models import Origin
from feedback.actions.reports import NoSuchVersion, compute, freeze, version_of
from feedback.core.text import as_text
from scamps.models import Scamp


class Command(BaseCommand):
    help = "Report how a plan was followed and what became of its patients."

    def create_parser(self, *names: str, **options: Any) -> CommandParser:
        """Let `--version` mean the plan's; Django's own is `manage.py version`."""
        return super().create_parser(*names, conflict_handler="resolve", **options)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("scamp", help="Key of the Scamp: suspected-appendicitis")
        parser.add_argument("--version", type=int, dest="number", metavar="N")
        parser.add_argument(
            "--sandbox", action="store_true", help="Sandbox sites, not real ones"
        )
        parser.add_argument(
            "--origin", choices=Origin.values, help="Origins are never pooled"
        )
        parser.add_argument(
            "--cut-off", metavar="ISO", help="As known at this time: 2026-09-30T12:00Z"
        )
        parser.add_argument("--json", action="store_true", help="Print JSON")
        parser.add_argument("--save", action="store_true", help="Freeze the report")

    def handle(self, *, scamp: str, **options: Any) -> None:
        found = Scamp.objects.filter(key=scamp).first()
        if found is None:
            known = ", ".join(Scamp.objects.values_list("key", flat=True))
            raise CommandError(f"There is no Scamp “{scamp}” (there is: {known}).")
        try:
            version = version_of(found, options["number"])
        except NoSuchVersion as problem:
            raise CommandError(str(problem)) from None
        sites = list(Site.objects.filter(is_sandbox=options["sandbox"]))
        report = compute(
            version=version,
            sites=sites,
            origin=options["origin"]
            or (Origin.SANDBOX if options["sandbox"] else None),
            cut_off=_moment(options["cut_off"]),
        )
        if options["save"]:
            freeze(
                version=version, sites=sites, report=report, by=None, at=timezone.now()
            )
        text = json.dumps(report, ensure_ascii=False) if options["json"] else None
        self.stdout.write(text or as_text(report))


def _moment(text: str | None) -> datetime | None:
    """Read an ISO time; without an offset it is UTC."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"“{text}” is not a time like 2026-09-30T12:00Z.") from None
    return moment if moment.tzinfo else timezone.make_aware(moment)
