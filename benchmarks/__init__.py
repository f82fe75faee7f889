"""How fast the product is, as ratios in one run, held to stated bounds.

Each `bench_*.py` has a `main() -> None` that measures and calls `bounds.hold` for each
figure. `run.py` runs each in a process of its own, on servers of its own.
"""
