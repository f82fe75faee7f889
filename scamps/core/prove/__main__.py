"""The process of a proof: `python -m scamps.core.prove SECONDS MEGABYTES < plan.json`."""

import json
import resource
import sys
from typing import Any

from scamps.core.definition import load_stored
from scamps.core.prove import prove


def tell(kind: str, said: dict[str, Any]) -> None:
    """Write one line, at once: what comes later may never come."""
    sys.stdout.write(json.dumps({"kind": kind} | said, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def main() -> None:
    seconds, megabytes = float(sys.argv[1]), int(sys.argv[2])
    size = megabytes * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    processor = int(seconds) + 10
    resource.setrlimit(resource.RLIMIT_CPU, (processor, processor))
    plan = load_stored(sys.stdin.read())
    proof = prove(plan, seconds=seconds, tell=tell)
    tell("asked", {"asked": proof.asked})


if __name__ == "__main__":
    main()
