"""Lock requirements from pyproject.toml, each line saying what it is for.

Writes `requirements.txt`, all that running needs, and `requirements-dev.txt`, what
tests and checks need besides, at versions that fit the first.
"""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
SOURCE = PROJECT / "pyproject.toml"
RUN = PROJECT / "requirements.txt"
DEVELOP = PROJECT / "requirements-dev.txt"
# The resolver looks beyond the one Python that the project runs on.
THIS_PYTHON = " ; python_full_version < '3.12'"
LATER_PYTHON = "python_full_version >= '3.12'"
HEADER = "# Locked from pyproject.toml by `make lock`. Do not edit.\n"


def purposes() -> dict[str, str]:
    """What each package that pyproject.toml names is for: its comment there."""
    lines = re.findall(r'^ *"([\w.-]+)[^"]*", +# (.+)$', SOURCE.read_text(), re.M)
    return {normal(name): purpose for name, purpose in lines}


def normal(name: str) -> str:
    """A package's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def resolve(*options: str | Path) -> dict[str, tuple[str, list[str]]]:
    """Resolve to {name: (requirement, the packages that need it)}."""
    command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal"]
    style = ["--annotation-style=line", "--no-header", "--no-emit-index-url"]
    output = subprocess.run(  # noqa: S603
        [*command, *style, "--no-emit-find-links", *options],
        check=True,
        capture_output=True,
        text=True,
        cwd=PROJECT,
    ).stdout
    found = {}
    for line in output.splitlines():
        if LATER_PYTHON in line:
            continue
        requirement, _, via = line.partition("  # via ")
        requirement = requirement.replace(THIS_PYTHON, "").strip()
        name = re.split(r"[\[=]", requirement)[0]
        found[normal(name)] = (requirement, via.split(", "))
    return found


def written(locked: dict[str, tuple[str, list[str]]], known: dict[str, str]) -> str:
    """The lines of a requirements file, sorted, comments aligned."""
    width = min(44, max(len(requirement) for requirement, _ in locked.values()))
    lines = []
    for name, (requirement, via) in sorted(locked.items()):
        needed = ", ".join(parent for parent in via if "pyproject" not in parent)
        purpose = known.get(name) or f"needed by {needed}"
        lines.append(f"{requirement.ljust(width)}  # {purpose}\n")
    return HEADER + "".join(lines)


def main() -> None:
    known = purposes()
    named = tomllib.loads(SOURCE.read_text())
    asked = named["project"]["dependencies"] + named["dependency-groups"]["dev"]
    unexplained = [
        requirement
        for requirement in asked
        if normal(re.split(r"[\[~=<> ]", requirement)[0]) not in known
    ]
    if unexplained:
        sys.exit(f"pyproject.toml does not say what is for: {', '.join(unexplained)}")
    run = resolve("pyproject.toml")
    RUN.write_text(written(run, known))
    develop = resolve("pyproject.toml", "--group=dev", f"--constraint={RUN.name}")
    extra = {name: value for name, value in develop.items() if name not in run}
    DEVELOP.write_text(
        written(extra, known).replace("\n", "\n-r requirements.txt\n", 1)
    )


if __name__ == "__main__":
    main()
