"""The user the servers run as: PostgreSQL refuses to run as root."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True)
class Owner:
    """The user who owns the data and runs the servers.

    drops: whether a process of ours must change to that user, being root.
    """

    uid: int
    gid: int
    drops: bool

    def popen(self) -> dict[str, Any]:
        """The arguments of `subprocess.Popen` that change to this user."""
        if not self.drops:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def take(self, folder: Path) -> None:
        """Make *folder* theirs alone. Raises: PermissionError: somebody else's."""
        folder.mkdir(mode=0o700, exist_ok=True)
        status = folder.lstat()
        if status.st_uid not in {self.uid, os.geteuid()} or folder.is_symlink():
            raise PermissionError(f"{folder} belongs to another user")
        os.chown(folder, self.uid, self.gid)
        folder.chmod(0o700)


def owner_of(data: Path) -> Owner:
    """Whoever owns *data* already, else the running user, else one that is not root."""
    if os.geteuid() != 0:
        return Owner(os.geteuid(), os.getegid(), drops=False)
    if data.exists() and data.stat().st_uid != 0:
        status = data.stat()
        return Owner(status.st_uid, status.st_gid, drops=True)
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = next(known[name] for name in CANDIDATES if name in known)
    return Owner(entry.pw_uid, entry.pw_gid, drops=True)
