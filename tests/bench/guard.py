"""``make bench-guard``: a first load and a night, held against the hand-written script of that run.

Seconds differ from machine to machine and from day to day; how many times as much ours cost as the
script does less so. It fails where that is ``MOST`` times what is stored here, or more: then see
``stayhouse costs`` for the dearest models, or store the new ratios and say why in the decision.
"""

import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from tests.bench.first_load import Cost, Shop, equal, together

EVENTS = 440_000
REPEATS = 2
MOST = 1.25
# docs/decisions/building/bench-guard.md has the day's seconds.
STORED = {"first load": 3.67, "night": 2.47}


def main() -> int:
    """Measure and print; return 1 where a ratio is above what is stored by too much."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="stayhouse-bench-") as name:
        shop = Shop(Path(name), EVENTS)
        script = partial(shop.script, "handwritten")
        first = together(
            {"start": shop.start, "ours": shop.first_load, "script": script}, REPEATS, min
        )
        equal(shop)
        shop.land_last_day()
        night = together({"ours": shop.night, "script": script}, REPEATS, min)
        equal(shop)
    start = first["start"]
    print(f"The same of the first hundredth, taken off: {start.seconds:.1f} s of CPU", flush=True)
    for costs in (first, night):
        costs["ours"] -= start
    good = [hold("first load", first), hold("night", night)]
    print(f"{time.monotonic() - began:.0f} s in all")
    return 0 if all(good) else 1


def hold(what: str, costs: dict[str, Cost]) -> bool:
    """Print what was measured beside what is stored; return whether it holds."""
    ratio = costs["ours"].seconds / costs["script"].seconds
    most = MOST * STORED[what]
    print(
        f"{what}: {costs['ours'].seconds:.2f} s of CPU, {ratio:.2f} times the hand-written "
        f"script's {costs['script'].seconds:.2f} s; stored {STORED[what]:.2f}, so at most "
        f"{most:.2f}{'' if ratio <= most else ': TOO MUCH'}"
    )
    return ratio <= most


if __name__ == "__main__":
    sys.exit(main())
