"""The settings: what production must name, and what an import never does."""

import os
import re
import subprocess
import sys

import pytest
from django.conf import settings

from config.addresses import celery_address

PRODUCTION = {
    "DATABASE_URL": "postgres://app:secret@database/scamps",
    "REDIS_URL": "redis://redis:6379/0",
    "SECRET_KEY": "a long key of many kinds of character, 0123456789-abcdef",
    "ALLOWED_HOSTS": "scamps.example.org",
}


def python(
    *arguments: str, home: str, **environment: str
) -> subprocess.CompletedProcess:
    """Run Python in the project with nothing but *environment* said about settings."""
    inherited = {
        name: os.environ[name]
        for name in ("PATH", "HOME", "LANG")
        if name in os.environ
    }
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=settings.BASE_DIR,
        env=inherited | {"SCAMPS_HOME": home} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def nowhere(tmp_path):
    """A home in which nothing was ever set up."""
    return str(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "missing", [[name] for name in PRODUCTION] + [list(PRODUCTION)]
)
@pytest.mark.parametrize("module", ["config.wsgi", "celery"])
def test_production_refuses_to_start_and_names_what_is_missing(
    nowhere, missing, module
):
    given = {name: text for name, text in PRODUCTION.items() if name not in missing}
    start = {
        "config.wsgi": ["-c", "import config.wsgi"],
        "celery": ["-m", "celery", "-A", "config", "report"],
    }

    result = python(*start[module], home=nowhere, **given)

    assert result.returncode != 0
    last = result.stderr.strip().splitlines()[-1]
    named = {name for name in PRODUCTION if name in result.stdout + result.stderr}
    assert named >= set(missing), last
    assert f"Missing in the environment: {', '.join(missing)}." in (
        result.stdout + result.stderr
    )


def test_manage_refuses_without_settings_and_without_setup(nowhere):
    result = python("manage.py", "migrate", home=nowhere)

    assert result.returncode != 0
    assert "DATABASE_URL, REDIS_URL, SECRET_KEY, ALLOWED_HOSTS" in result.stderr
    assert "make run" in result.stderr


@pytest.mark.parametrize("environment", [{}, PRODUCTION], ids=["trial", "production"])
@pytest.mark.parametrize("module", ["config.settings", "config.wsgi", "config.celery"])
def test_an_import_starts_nothing_and_writes_nothing(tmp_path, environment, module):
    python("-m", "config.embedded", "allow", home=str(tmp_path))
    before = sorted(tmp_path.rglob("*"))

    result = python("-c", f"import {module}", home=str(tmp_path), **environment)

    assert result.returncode == 0, result.stderr
    assert sorted(tmp_path.rglob("*")) == before


def test_a_named_database_is_production_even_where_setup_was(tmp_path):
    python("-m", "config.embedded", "allow", home=str(tmp_path))

    result = python(
        "-c",
        "import config.settings",
        home=str(tmp_path),
        DATABASE_URL=PRODUCTION["DATABASE_URL"],
    )

    assert (
        "Missing in the environment: REDIS_URL, SECRET_KEY, ALLOWED_HOSTS."
        in result.stderr
    )


def test_the_deployment_check_is_clean(server_environment):
    result = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level=WARNING"],
        cwd=settings.BASE_DIR,
        env=server_environment | {"SECRET_KEY": PRODUCTION["SECRET_KEY"]},
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 0, result.stderr
    assert "no issues (0 silenced)" in result.stdout


def test_every_command_has_servers_after_setup_alone(tmp_path):
    python("-m", "config.embedded", "allow", home=str(tmp_path / "a home"))

    result = python(
        "manage.py", "showmigrations", "sessions", home=str(tmp_path / "a home")
    )

    assert result.returncode == 0, result.stderr
    assert "[ ] 0001_initial" in result.stdout


def test_the_policy_allows_no_inline_script_and_no_other_host(client, db):
    response = client.get("/healthz")

    policy = response.headers["Content-Security-Policy"]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert directives["default-src"] == "'self'"
    assert directives["img-src"] == "'self' data:"
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    ("given", "spelled"),
    [
        ("redis://cache:6379/2", "redis://cache:6379/2"),
        ("rediss://:pw@cache/0", "rediss://:pw@cache/0"),
        (
            "unix:///tmp/a/redis.sock?db=5",
            "redis+socket:///tmp/a/redis.sock?virtual_host=5",
        ),
        ("unix:///tmp/a/redis.sock", "redis+socket:///tmp/a/redis.sock?virtual_host=0"),
    ],
)
def test_celery_has_its_own_words_for_a_socket(given, spelled):
    assert celery_address(given) == spelled


def test_the_table_of_settings_is_the_settings_that_are_read():
    source = (settings.BASE_DIR / "config" / "settings.py").read_text()
    read = set(re.findall(r"env[.]\w+\(\s*\"(\w+)\"", source)) | set(PRODUCTION)
    table = (settings.BASE_DIR / "docs" / "operations.md").read_text()
    told = set(re.findall(r"^\| `([A-Z_]+)` \|", table, re.M))

    assert told == read | {"SCAMPS_HOME"}
