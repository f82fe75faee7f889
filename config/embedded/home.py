"""Where the embedded servers live: files that stay, and addresses that follow."""

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
# Socket paths end at 107 bytes and must be the same for every user and shell, so they
# cannot live in the home, nor in $TMPDIR.
SOCKETS = Path("/tmp")  # noqa: S108
ROLE = "scamps"
REDIS_DATABASES = 64


@dataclass(frozen=True)
class Home:
    """One folder of embedded data, with at most one supervisor at a time.

    path: absolute; may hold spaces.
    """

    path: Path

    @property
    def marker(self) -> Path:
        """The file that allows embedded servers here; each line a server setting."""
        return self.path / "embedded"

    @property
    def data(self) -> Path:
        return self.path / "postgres"

    @property
    def leases(self) -> Path:
        return self.path / "leases"

    @property
    def lock(self) -> Path:
        return self.path / "lock"

    @property
    def ready(self) -> Path:
        """Present while the servers answer."""
        return self.path / "ready"

    @property
    def started(self) -> Path:
        """The processes that were started, for whoever must clean up after a kill."""
        return self.path / "started"

    @property
    def log(self) -> Path:
        return self.path / "log"

    @property
    def run(self) -> Path:
        """The short folder of the sockets."""
        digest = hashlib.sha256(os.fsencode(self.path)).hexdigest()
        return SOCKETS / f"scamps-{digest[:12]}"

    @property
    def redis_socket(self) -> Path:
        return self.run / "redis.sock"

    def database_url(self, name: str = ROLE) -> str:
        return f"postgres://{ROLE}@/{name}?host={self.run}"

    def redis_url(self, database: int = 0) -> str:
        return f"unix://{self.redis_socket}?db={database}"

    @property
    def secret_key(self) -> str:
        """The key of a trial run, made when embedded servers were first allowed."""
        file = self.path / "secret_key"
        return file.read_text().strip() if file.exists() else ""

    @property
    def is_allowed(self) -> bool:
        """Has `make setup`, or the test suite, said that servers may run here?"""
        return self.marker.is_file()

    @property
    def is_in_use(self) -> bool:
        """Allowed here, and no other database is named by the environment."""
        return self.is_allowed and not os.environ.get("DATABASE_URL")

    def allow(self, *server_settings: str) -> None:
        """Allow embedded servers here, with *server_settings* such as `fsync=off`."""
        self.path.mkdir(parents=True, exist_ok=True)
        if not self.secret_key:
            (self.path / "secret_key").touch(mode=0o600)
            (self.path / "secret_key").write_text(secrets.token_urlsafe(50))
        text = "".join(f"{setting}\n" for setting in server_settings)
        if not self.is_allowed or self.marker.read_text() != text:
            self.marker.write_text(text)


def home_of_project() -> Home:
    """The home that SCAMPS_HOME names (relative to the project), else `.local`."""
    return Home((PROJECT / os.environ.get("SCAMPS_HOME", ".local")).resolve())
