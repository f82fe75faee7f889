"""Replay of 1,000,000 synthetic patients, against the same written by hand in Polars.

Bounds: at most 1.5 times slower than by hand, under 2 GiB resident.
"""

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.bounds import MISSED, hold
from scamps.core.definition import Plan, load_yaml
from scamps.core.replay import Replay, replay

ROOT = Path(__file__).parents[1]

PATIENTS = 1_000_000
REPEATS = 7
MOST_SLOWER = 1.5
MOST_MEBIBYTES = 2047
NUMBER = pl.Decimal(38, 8)
MISSING = 0.02


def patients(count: int, seed: int = 1) -> pl.DataFrame:
    """A synthetic history; one answer in fifty is missing."""
    draw = np.random.default_rng(seed)

    def gaps(values: pl.Series) -> pl.Series:
        missing = pl.Series(draw.random(count) < MISSING)
        return values.to_frame("it").select(pl.when(~missing).then(pl.col("it")))["it"]

    def yes(share: float) -> pl.Series:
        return gaps(pl.Series("it", draw.random(count) < share))

    def number(low: int, high: int) -> pl.Series:
        tenths = pl.Series("it", draw.integers(low, high, count))
        return gaps((tenths.cast(NUMBER) / 10).cast(NUMBER))

    guarding = pl.Series(["none", "local", "generalized"])
    return pl.DataFrame(
        {
            "peritonitis": gaps(
                guarding.gather(draw.choice(3, count, p=[0.7, 0.25, 0.05])).alias("it")
            ),
            "pain_migration": yes(0.3),
            "anorexia": yes(0.5),
            "nausea": yes(0.6),
            "temperature": number(360, 400),
            "cough_pain": yes(0.4),
            "rlq_tenderness": yes(0.6),
            "wbc": number(30, 250),
            "neutrophilia": yes(0.5),
            "us_performed": yes(0.97),
            "appendix_seen": yes(0.65),
            "appendix_diameter": number(20, 120),
        }
    )


ITEMS = (
    "anorexia",
    "cough_pain",
    "nausea",
    "neutrophilia",
    "pain_migration",
    "rlq_tenderness",
    "temperature",
    "wbc",
)


def by_hand(frame: pl.DataFrame) -> pl.DataFrame:
    """The appendicitis plan as its author would write it in Polars.

    end, whether it stopped, the set waited for and the actions advised, both as bits.
    """
    col, when, lit = pl.col, pl.when, pl.lit
    hidden_seen = (col("us_performed") == False).fill_null(False)  # noqa: E712
    seen = when(~hidden_seen).then(col("appendix_seen"))
    closed = (col("us_performed") & col("seen")) == False  # noqa: E712
    diameter = when(~closed.fill_null(False)).then(col("appendix_diameter"))
    pas = (
        col("pain_migration").cast(pl.Int64)
        + col("anorexia").cast(pl.Int64)
        + col("nausea").cast(pl.Int64)
        + (col("temperature") >= lit(Decimal("38.0"), NUMBER)).cast(pl.Int64)
        + 2 * col("cough_pain").cast(pl.Int64)
        + 2 * col("rlq_tenderness").cast(pl.Int64)
        + (col("wbc") >= lit(Decimal(10), NUMBER)).cast(pl.Int64)
        + col("neutrophilia").cast(pl.Int64)
    )
    enlarged = col("diameter") >= lit(Decimal(6), NUMBER)
    waits = pl.sum_horizontal(
        col(item).is_null().cast(pl.UInt16) * lit(BIT[item], pl.UInt16)
        for item in ITEMS
    ).cast(pl.UInt16)
    code = {name: lit(number, pl.UInt8) for number, name in enumerate(ENDS)}
    end = (
        when(col("peritonitis").is_null())
        .then(code["guarding"])
        .when(col("peritonitis") == "generalized")
        .then(code["operate-peritonitis"])
        .when(col("pas").is_null())
        .then(code["risk"])
        .when(col("pas") <= 3)
        .then(code["low"])
        .when(col("pas") > 6)
        .then(code["operate-high"])
        .when(col("seen").is_null())
        .then(code["finding"])
        .when(~col("seen"))
        .then(code["observe-unseen"])
        .when(enlarged.is_null())
        .then(code["finding"])
        .when(enlarged)
        .then(code["operate-positive"])
        .otherwise(code["observe-negative"])
    )
    waiting = (
        when(col("end") > 2)
        .then(lit(0, pl.UInt16))
        .when(col("end") == 0)
        .then(lit(BIT["peritonitis"], pl.UInt16))
        .when(col("end") == 1)
        .then(waits)
        .when(hidden_seen)
        .then(lit(BIT["us_performed"], pl.UInt16))
        .when(col("seen").is_null())
        .then(lit(BIT["appendix_seen"], pl.UInt16))
        .otherwise(lit(BIT["appendix_diameter"], pl.UInt16))
    )
    return (
        frame.lazy()
        .with_columns(seen=seen)
        .with_columns(diameter=diameter, pas=pas)
        .with_columns(end=end)
        .select(
            end=col("end").cat.to(pl.Enum(list(ENDS))),
            stopped=col("end") <= 2,
            waiting=waiting,
            advised=lit(pl.Series(ENDS.values(), dtype=pl.UInt8)).gather(col("end")),
        )
        .collect()
    )


NO_ULTRASOUND, OBSERVE, ULTRASOUND, OPERATE = 1, 2, 4, 8
ENDS = {
    "guarding": 0,
    "risk": 0,
    "finding": ULTRASOUND,
    "operate-peritonitis": OPERATE,
    "low": NO_ULTRASOUND | OBSERVE,
    "operate-high": OPERATE,
    "observe-unseen": ULTRASOUND | OBSERVE,
    "operate-positive": ULTRASOUND | OPERATE,
    "observe-negative": ULTRASOUND | OBSERVE,
}
BITS = (*ITEMS, "peritonitis", "us_performed", "appendix_seen", "appendix_diameter")
BIT = {name: 2**bit for bit, name in enumerate(sorted(BITS))}
ADVISED = {
    "low": NO_ULTRASOUND | OBSERVE,
    "image": ULTRASOUND,
    "operate-peritonitis": OPERATE,
    "operate-high": OPERATE,
    "operate-positive": OPERATE,
    "observe-unseen": OBSERVE,
    "observe-negative": OBSERVE,
}


def same(ours: Replay, hand: pl.DataFrame) -> bool:
    """Whether both say the same of every row."""
    advised = ours.frame.select(
        pl.sum_horizontal(
            pl.col(f"at.{node}").cast(pl.UInt8) * bits for node, bits in ADVISED.items()
        ).cast(pl.UInt8)
    ).to_series()
    if ours.bits != {"waiting": tuple(BIT)}:
        return False
    return bool(
        (ours.frame["end"].cast(pl.String) == hand["end"].cast(pl.String)).all()
        and (ours.frame["stopped"] == hand["stopped"]).all()
        and (ours.frame["waiting"] == hand["waiting"]).all()
        and (advised == hand["advised"]).all()
    )


def appendicitis() -> Plan:
    """The plan of the library."""
    return load_yaml((ROOT / "library/suspected-appendicitis/plan.yaml").read_text())


def seconds(work: Callable[[], object]) -> float:
    """How long *work* takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def measure_time() -> None:
    """Ours against by hand, in turns; medians."""
    plan, frame = appendicitis(), patients(PATIENTS)
    if not same(replay(plan, frame, "first"), by_hand(frame)):
        sys.exit("bench_replay: the two replays differ")
    ours, hand = [], []
    for _ in range(REPEATS):
        ours.append(seconds(lambda: replay(plan, frame, "first")))
        hand.append(seconds(lambda: by_hand(frame)))
    ratio = statistics.median(ours) / statistics.median(hand)
    hold(f"replay of {PATIENTS:,} patients", statistics.median(ours), "s")
    hold("the same by hand in Polars", statistics.median(hand), "s")
    hold("replay, times by hand", ratio, at_most=MOST_SLOWER)


def measure_memory() -> None:
    """What was resident in a process of its own, its data included."""
    command = [sys.executable, "-m", "benchmarks.bench_replay", "--memory"]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    used = int(done.stdout) / 1024**2
    hold("resident at most, data included", used, "MiB", at_most=MOST_MEBIBYTES)


def in_own_process() -> None:
    """Make the history, replay it, say what was resident."""
    replay(appendicitis(), patients(PATIENTS), "first")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(peak)


def main() -> None:
    """Measure and print; what misses its bound is remembered."""
    measure_time()
    measure_memory()


if __name__ == "__main__":
    if "--memory" in sys.argv:
        in_own_process()
    else:
        main()
        sys.exit(bool(MISSED))
