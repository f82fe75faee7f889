"""`manage.py replay_plan SCAMP FILE`: what a draft would have done to past patients."""

import json
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Site
from carepaths.models import Origin
from feedback.actions.replays import replay_past
from feedback.actions.reports import origin_of, version_of
from feedback.core.impact import Impact, summarise
from scamps.core.definition import Plan, PlanError, load_json, load_yaml
from scamps.models import Scamp


class Command(BaseCommand):
    help = "Walk a draft over all past encounters of a plan; nothing is changed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("scamp", help="Key of the Scamp: suspected-appendicitis")
        parser.add_argument("file", type=Path, help="The draft, YAML or JSON")
        parser.add_argument(
            "--sandbox", action="store_true", help="Sandbox sites, not real ones"
        )
        parser.add_argument(
            "--origin", choices=Origin.values, help="Origins are never pooled"
        )
        parser.add_argument("--json", action="store_true", help="Print JSON")

    def handle(self, *, scamp: str, file: Path, **options: Any) -> None:
        found = Scamp.objects.filter(key=scamp).first()
        if found is None:
            known = ", ".join(Scamp.objects.values_list("key", flat=True))
            raise CommandError(f"There is no Scamp “{scamp}” (there is: {known}).")
        plan = _plan(file)
        sites = list(Site.objects.filter(is_sandbox=options["sandbox"]))
        origin = options["origin"] or origin_of(version_of(found), sites)
        told = {"scamp": found, "after": plan, "sites": sites}
        impact = replay_past(**told, origins=[origin]).get(origin) or summarise(
            [], plan
        )
        if options["json"]:
            text = json.dumps(asdict(impact), default=_plain, ensure_ascii=False)
        else:
            text = "\n".join(_lines(impact, plan, origin))
        self.stdout.write(text)


def _plan(file: Path) -> Plan:
    if not file.is_file():
        raise CommandError(f"There is no file {file}.")
    load = load_json if file.suffix == ".json" else load_yaml
    try:
        return load(file.read_text(encoding="utf-8"), str(file))
    except PlanError as error:
        raise CommandError(str(error)) from error


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{value!r} is no JSON")


def _lines(impact: Impact, plan: Plan, origin: str) -> list[str]:
    n = impact.numbers
    lines = [
        f"{n.total} encounters of {impact.patients} patients, {origin}",
        f"  the same             {n.same}",
        f"  changed              {n.changed}"
        + (f" ({n.only_node} only end elsewhere)" if n.only_node else ""),
        f"  cannot be evaluated  {n.cannot}",
        f"  newly evaluable      {n.newly}",
    ]
    if impact.lacking:
        lines.append("Cannot be evaluated for want of")
        lines += [f"  {count:6} {name}" for name, count in impact.lacking]
    lines.append("From node to node")
    for flow in impact.flows:
        stops = [
            " (stops)" if s else "" for s in (flow.stopped_before, flow.stopped_after)
        ]
        after = flow.after or "no such visit"
        lines.append(
            f"  {flow.encounters:6} {flow.before}{stops[0]} → {after}{stops[1]}"
        )
    lines.append("Use of resources, in encounters that both can evaluate")
    for use in impact.uses:
        low, high = (100 * bound for bound in use.interval)
        lines.append(
            f"  {use.title}: {use.before} → {use.after} of {use.encounters}, "
            f"{100 * use.change:+.1f} points ({low:+.1f} to {high:+.1f})"
        )
    return lines
