"""`make bench`: run all benchmarks, or those named; fail if a bound is missed.

The embedded servers are those of `.local/bench`, made anew: nobody's data are touched.
"""

import os
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
HOME = PROJECT / ".local" / "bench"


def names(wanted: list[str]) -> list[str]:
    """The benchmarks whose name holds one of the *wanted* words; all if none is said."""
    found = sorted(path.stem for path in (PROJECT / "benchmarks").glob("bench_*.py"))
    return [
        name for name in found if not wanted or any(word in name for word in wanted)
    ]


def run_one(name: str) -> None:
    """Run one benchmark in this process; exit 1 if it missed a bound."""
    import django

    from benchmarks import bounds

    django.setup()
    import_module(f"benchmarks.{name}").main()
    sys.exit(bool(bounds.MISSED))


def run_all(wanted: list[str]) -> list[str]:
    """Run benchmarks one after another. Returns: those that failed."""
    from config.embedded.client import lease
    from config.embedded.home import Home

    shutil.rmtree(HOME, ignore_errors=True)
    home = Home(HOME)
    home.allow()
    claim = lease(home)
    failed = []
    try:
        if _python("manage.py", "migrate", "--verbosity=0"):
            return ["migrate"]
        for name in names(wanted):
            print(name.removeprefix("bench_"), flush=True)
            if _python("-m", "benchmarks.run", "--one", name):
                failed.append(name)
    finally:
        claim.release(wait=True)
        shutil.rmtree(HOME, ignore_errors=True)
    return failed


def _python(*arguments: str) -> int:
    environment = dict(os.environ)
    environment.pop("DATABASE_URL", None)
    environment |= {
        "SCAMPS_HOME": str(HOME),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    return subprocess.run(
        [sys.executable, *arguments], cwd=PROJECT, env=environment, check=False
    ).returncode


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        run_one(sys.argv[2])
    missed = run_all(sys.argv[1:])
    sys.exit(f"Missed: {', '.join(missed)}" if missed else 0)
