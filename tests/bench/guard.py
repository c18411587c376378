"""``make bench-guard``: a first load and a night, held against the hand-written script of that run.

Seconds differ from machine to machine and from day to day; how many times as much our SQL costs as
the script does less so. It fails where that is ``MOST`` times what is stored here, or more: then
see ``stayhouse costs`` for the dearest models, or store the new ratios and say why in the decision.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench.first_load import Shop, equal

EVENTS = 1_000_000
REPEATS = 2
MOST = 1.25
# As `.ci/run` measures them; docs/decisions/building/bench-guard.md has the day's seconds.
STORED = {"first load": 3.5, "night": 1.6}


def main() -> int:
    """Measure and print; return 1 where a ratio is above what is stored by too much."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="stayhouse-bench-") as name:
        shop = Shop(Path(name), EVENTS)
        first = measured(shop, shop.forget)
        shop.land_last_day()
        night = measured(shop, shop.go_back)
    good = [hold("first load", *first), hold("night", *night)]
    print(f"{time.monotonic() - began:.0f} s in all")
    return 0 if all(good) else 1


def measured(shop: Shop, begin: Callable[[], None]) -> tuple[float, float]:
    """Return the least CPU seconds of our SQL, as of where ``begin`` puts it, and of the script."""
    ours, script = [], []
    for _ in range(REPEATS):
        begin()
        ours.append(shop.sql_seconds())
        script.append(shop.script("handwritten").seconds)
    equal(shop)
    return min(ours), min(script)


def hold(what: str, ours: float, script: float) -> bool:
    """Print what was measured, in CPU seconds, beside what is stored; return whether it holds."""
    ratio = ours / script
    most = MOST * STORED[what]
    print(
        f"{what}: {ours:.2f} s of CPU in DuckDB, {ratio:.2f} times the hand-written script's "
        f"{script:.2f} s; stored {STORED[what]:.2f}, so at most {most:.2f}"
        f"{'' if ratio <= most else ': TOO MUCH'}"
    )
    return ratio <= most


if __name__ == "__main__":
    sys.exit(main())
