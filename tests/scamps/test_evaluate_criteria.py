"""manage.py evaluate_criteria: lines in, lines out, without a database."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run(text: str) -> list[dict[str, object]]:
    """The answers of the command, run as its users run it."""
    unreachable = os.environ | {"DATABASE_URL": "postgres://nobody@localhost:1/none"}
    done = subprocess.run(
        [sys.executable, "manage.py", "evaluate_criteria"],
        input=text.encode(),
        capture_output=True,
        cwd=ROOT,
        env=unreachable | {"DEBUG": "1"},
        check=True,
        timeout=60,
    )
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def test_each_line_is_answered_in_order_and_bad_ones_do_not_stop_it() -> None:
    answers = run(
        '{"expression": "true and null"}\n'
        "not json\n"
        '{"expression": "x / 4", "answers": {"x": 1.0}}\n'
        "\n"
        '{"expression": "x", "answers": {"x": {"value": 5, "unit": "g"}}}\n'
        '{"expression": "x + 1", "answers": {"x": null}, "types": {"x": "Integer"}}\n'
        '{"expression": "(((("}'
    )

    assert answers[0] == {"value": None, "type": None}
    assert answers[1].keys() == {"error"}
    assert answers[2] == {"value": "0.25", "type": "Decimal"}
    assert answers[3].keys() == {"error"}
    assert answers[4] == {"value": {"value": "5.0", "unit": "g"}, "type": "Quantity"}
    assert answers[5] == {"value": None, "type": None}
    assert answers[6].keys() == {"error"}
    assert len(answers) == 7  # the blank line is answered too


def test_an_answer_is_there_before_the_next_question() -> None:
    with subprocess.Popen(
        [sys.executable, "manage.py", "evaluate_criteria"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env=os.environ | {"DEBUG": "1"},
    ) as command:
        assert command.stdin
        assert command.stdout
        command.stdin.write(b'{"expression": "1 + 1"}\n')
        command.stdin.flush()

        first = json.loads(command.stdout.readline())

        command.stdin.close()
    assert first == {"value": 2, "type": "Integer"}
