"""Make up synthetic patients of a plan, at sandbox sites."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from accounts.models import Site
from carepaths.actions.refusals import Refusal
from carepaths.actions.simulations import sandbox_sites, simulate_cohort
from carepaths.core.simulation import Simulation, load_simulation
from scamps.core.definition import PlanError
from scamps.models import Scamp


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("scamp", help="Key of the plan")
        parser.add_argument("--patients", type=int, required=True, metavar="N")
        parser.add_argument("--seed", type=int, default=1, metavar="S")
        parser.add_argument("--site", help="Key of one sandbox site; else two share")
        parser.add_argument(
            "--until",
            type=date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="Nothing happens from this day on; today if not said",
        )
        parser.add_argument(
            "--simulation", type=Path, metavar="FILE", help="Else the library's"
        )

    def handle(self, **options: Any) -> None:
        scamp = Scamp.objects.filter(key=options["scamp"]).first()
        if scamp is None:
            raise CommandError(f"There is no scamp {options['scamp']!r}.")
        simulation = _simulation(scamp, options["simulation"])
        sites = _sites(options["site"])
        try:
            with tqdm(unit=" patients", disable=None, leave=False) as bar:
                made = simulate_cohort(
                    scamp=scamp,
                    simulation=simulation,
                    patients=options["patients"],
                    seed=options["seed"],
                    sites=sites,
                    until=options["until"] or timezone.now().date(),
                    at=timezone.now(),
                    progress=bar.update,
                )
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        if options["verbosity"]:
            names = ", ".join(site.name for site in sites)
            self.stdout.write(
                f"{scamp.key}: {made.created} synthetic patients made, "
                f"{made.unchanged} there before ({names})."
            )


def _sites(key: str | None) -> list[Site]:
    if key is None:
        return sandbox_sites()
    site = Site.objects.filter(key=key).first()
    if site is None:
        raise CommandError(f"There is no site {key!r}.")
    return [site]


def _simulation(scamp: Scamp, path: Path | None) -> Simulation:
    path = path or settings.BASE_DIR / "library" / scamp.key / "simulation.yaml"
    version = scamp.active_version
    if version is None:
        raise CommandError(f"{scamp} has no active version.")
    try:
        text = Path(path).read_text(encoding="utf-8")
        return load_simulation(text, str(path), version.plan)
    except OSError as error:
        raise CommandError(f"No simulation of {scamp.key}: {error}") from error
    except PlanError as error:
        raise CommandError(f"The simulation cannot be used:\n{error}") from error
