"""Hold docs/hazards.md to the tests: every test it names must exist.

A control is named as `tests/path.py::test_name`; a hazard without one is refused.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
HAZARD = re.compile(r"^\| (H\d+) \|")


def tests_in(path: Path) -> set[str]:
    """Names of the test functions that *path* defines."""
    if not path.exists():
        return set()
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, functions)}


def faults(text: str) -> Iterator[str]:
    """What is wrong with the hazard log *text*, a sentence each."""
    hazards = [line for line in text.splitlines() if HAZARD.match(line)]
    if not hazards:
        yield "no hazard is listed"
    for line in hazards:
        number, named = line.split("|")[1].strip(), NAMED.findall(line)
        if not named:
            yield f"{number} names no test"
        for path, test in named:
            if test not in tests_in(ROOT / path):
                yield f"{number} names {path}::{test}, which does not exist"


if __name__ == "__main__":
    found = list(faults((ROOT / "docs/hazards.md").read_text(encoding="utf-8")))
    for fault in found:
        sys.stderr.write(f"docs/hazards.md: {fault}\n")
    sys.exit(1 if found else 0)
