"""What goes into production: the roles of the database, the image, the compose file."""

import os
import re
import subprocess
import sys
import uuid
from contextlib import closing

import psycopg2
import pytest
from django.conf import settings
from ruamel.yaml import YAML

from config.embedded.processes import wait_until
from config.embedded.programs import installation

PROJECT = settings.BASE_DIR
COMPOSE = PROJECT / "docker-compose.yml"
KNOWN_ROLES = ("scamps_app", "scamps_owner")


@pytest.fixture
def production_database(embedded_servers):
    """A database made by deploy/roles.sh; gives the address for a role."""
    name = f"production_{uuid.uuid4().hex[:8]}"
    home = embedded_servers
    run_as_superuser(home, f"CREATE DATABASE {name}")
    environment = {
        "PATH": f"{installation() / 'bin'}:{os.environ['PATH']}",
        "PGHOST": str(home.run),
        "POSTGRES_USER": "scamps",
        "POSTGRES_DB": name,
        "OWNER_PASSWORD": 'owner\'s "word"',
        "APP_PASSWORD": "app",
    }
    subprocess.run([PROJECT / "deploy" / "roles.sh"], env=environment, check=True)
    yield lambda role: f"postgres://{role}@/{name}?host={home.run}"
    run_as_superuser(home, f"DROP DATABASE {name} WITH (FORCE)")
    for role in KNOWN_ROLES:
        run_as_superuser(home, f"DROP ROLE {role}")


def run_as_superuser(home, statement: str) -> None:
    with closing(psycopg2.connect(home.database_url("postgres"))) as connection:
        connection.autocommit = True
        connection.cursor().execute(statement)


def manage(*arguments: str, database: str, redis_url: str):
    environment = dict(os.environ) | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": database,
        "REDIS_URL": redis_url,
        "SECRET_KEY": settings.SECRET_KEY,
        "ALLOWED_HOSTS": "localhost",
    }
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )


def test_the_app_reads_and_writes_rows_and_nothing_else(production_database, redis_url):
    owner, app = map(production_database, ("scamps_owner", "scamps_app"))
    manage("migrate", "--verbosity=0", database=owner, redis_url=redis_url)
    manage("sync_roles", database=app, redis_url=redis_url)

    with closing(psycopg2.connect(app)) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT count(*) FROM auth_group")
        assert cursor.fetchone() == (len(settings.ROLES),)
        connection.rollback()
        for forbidden in (
            "TRUNCATE django_session",
            "CREATE TABLE mine (a int)",
            "ALTER TABLE scamps_version DISABLE TRIGGER ALL",
            "DROP TABLE django_session",
            "SET session_replication_role = replica",
        ):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute(forbidden)
            connection.rollback()


def services() -> dict:
    return YAML(typ="safe").load(COMPOSE.read_text())["services"]


def test_compose_has_every_part_and_gives_each_what_it_must_know():
    parts = services()

    assert set(parts) == {
        "postgres", "redis", "migrate", "web", "worker", "beat", "proxy",
    }  # fmt: skip
    for name in ("migrate", "web", "worker", "beat"):
        assert set(parts[name]["environment"]) == {
            "DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ALLOWED_HOSTS",
        }  # fmt: skip
        role = "scamps_owner" if name == "migrate" else "scamps_app"
        assert f"//{role}:" in parts[name]["environment"]["DATABASE_URL"]
    assert [name for name, part in parts.items() if "ports" in part] == ["proxy"]


def test_compose_takes_no_secret_for_granted():
    asked = set(re.findall(r"\$\{(\w+)([^}]*)\}", COMPOSE.read_text()))
    example = (PROJECT / "deploy" / "environment.example").read_text()
    offered = set(re.findall(r"^(\w+)=", example, re.M))

    assert {name for name, _ in asked} == offered
    assert {rest for _, rest in asked} == {":?"}


def test_the_image_leaves_out_exactly_the_servers_of_a_trial_run():
    dockerfile = (PROJECT / "Dockerfile").read_text()
    pattern = re.search(r"grep -vE '(.+)' requirements.txt", dockerfile)[1]
    lines = (PROJECT / "requirements.txt").read_text().splitlines()

    left_out = [line for line in lines if re.search(pattern, line)]

    assert len(left_out) == 2
    assert all("for a trial run" in line for line in left_out)
    assert "USER scamps" in dockerfile
    assert "HEALTHCHECK" in dockerfile


def test_the_probe_tells_a_healthy_process_from_an_absent_one(live_server):
    port = live_server.url.rpartition(":")[2]
    probe = [sys.executable, "-m", "config.probe"]
    environment = os.environ | {"PORT": port, "ALLOWED_HOSTS": "localhost"}

    def returns(**changes: str) -> int:
        return subprocess.run(
            probe, cwd=PROJECT, env=environment | changes, check=False
        ).returncode

    assert wait_until(lambda: returns() == 0, 30)
    assert returns(PORT="1") == 1


def test_every_requirement_says_what_it_is_for_and_names_no_address():
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (PROJECT / name).read_text()
        lines = [line for line in text.splitlines() if line[0].isalpha()]
        assert lines
        assert [line for line in lines if not re.search(r"  # \S+", line)] == []
        assert "://" not in text
