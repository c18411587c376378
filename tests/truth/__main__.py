"""``make truth SEEDS=n``: plant n shops, build each, and write what was found to docs/truth.md."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.building import CHECKOUT
from tests.truth.faults import sound_shop
from tests.truth.report import Findings, page
from tests.truth.shop import SMALL, build, plant

PAGE = CHECKOUT / "docs" / "truth.md"


def main() -> int:
    """Run the seeds; return 1 if a limit of the page does not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.truth", description=__doc__)
    parser.add_argument("--seeds", type=int, default=20, metavar="N", help="how many shops")
    seeds = parser.parse_args().seeds
    if seeds < 1:
        print("make truth needs SEEDS of 1 or more, as in `make truth SEEDS=20`.", file=sys.stderr)
        return 2
    findings = Findings()
    for seed in range(1, seeds + 1):
        with tempfile.TemporaryDirectory(prefix="stayhouse-truth-") as folder:
            shop = plant(Path(folder) / "shop", SMALL, seed)
            build(shop)
            findings.add(seed, shop, sound_shop(Path(folder) / "sound", seed))
        print(f"seed {seed} of {seeds}: {findings.summary()}", flush=True)
    PAGE.write_text(page(findings), encoding="utf-8")
    print(PAGE.read_text(encoding="utf-8"))
    for sentence in findings.failures():
        print(sentence, file=sys.stderr)
    return 1 if findings.failures() else 0


if __name__ == "__main__":
    sys.exit(main())
