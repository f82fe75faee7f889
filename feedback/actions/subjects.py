"""What a reader asks about: a version, an origin, and the sites that are open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from accounts.models import Site, User
from accounts.permissions import is_only_in_sandbox
from carepaths.models import Origin
from feedback.actions.live import origins_counted
from feedback.permissions import sites_of_report
from scamps.models import Scamp, Version


class NothingToRead(LookupError):
    """There is no such version, or no site of it is open to the reader."""


@dataclass(frozen=True)
class Subject:
    """A report that somebody may read, before it is computed."""

    version: Version
    sites: list[Site]
    sandbox: bool
    origin: str
    origins: list[str]

    @property
    def scamp(self) -> Scamp:
        return self.version.scamp

    @property
    def query(self) -> str:
        """What keeps a link on the same origin and realm."""
        return f"?origin={self.origin}" + ("&sandbox" if self.sandbox else "")


def subject_of(
    *, user: User, key: str, number: int, asked: Mapping[str, str]
) -> Subject:
    """Return what *user* asks about.

    asked: "origin", else the one that there is; "sandbox" for made-up patients, which
    is all that somebody known in the sandbox only ever sees.

    Raises: NothingToRead.
    """
    versions = Version.objects.select_related("scamp", "content")
    mine = Scamp.objects.visible_to(user)
    version = versions.filter(scamp__key=key, scamp__in=mine, number=number).first()
    if version is None:
        raise NothingToRead(key, number)
    sandbox = "sandbox" in asked or is_only_in_sandbox(user)
    sites = list(sites_of_report(user, version.scamp, sandbox=sandbox))
    if not sites:
        raise NothingToRead(key, number)
    origins = origins_counted(version, sites)
    origin = _origin(asked.get("origin"), sandbox, origins)
    return Subject(version, sites, sandbox, origin, origins)


def _origin(asked: str | None, sandbox: bool, origins: list[str]) -> str:
    if asked in Origin.values:
        return asked
    if sandbox:
        return Origin.SANDBOX
    prospective = Origin.PROSPECTIVE in origins
    return Origin.PROSPECTIVE if prospective else Origin.RETROSPECTIVE
