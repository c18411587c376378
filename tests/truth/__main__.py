"""``make truth SEEDS=n``: plant n shops, build each, and write what was found to docs/truth.md.

``make truth SEEDS=n ROOMS="value rhythm"`` builds what these rooms read, and writes their sections
alone: a third of the time.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.building import CHECKOUT
from tests.sections import with_section
from tests.truth.faults import sound_shop
from tests.truth.report import ROOMS, Findings, page
from tests.truth.shop import SMALL, build, plant

PAGE = CHECKOUT / "docs" / "truth.md"


def main() -> int:
    """Run the seeds; return 1 if a limit of the page does not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.truth", description=__doc__)
    parser.add_argument("--seeds", type=int, default=20, metavar="N", help="how many shops")
    parser.add_argument(
        "--rooms", nargs="*", default=[], choices=ROOMS, help="their sections alone"
    )
    options = parser.parse_args()
    if options.seeds < 1:
        print("make truth needs SEEDS of 1 or more, as in `make truth SEEDS=20`.", file=sys.stderr)
        return 2
    text, failures = (
        of_rooms(options.seeds, options.rooms) if options.rooms else of_all(options.seeds)
    )
    PAGE.write_text(text, encoding="utf-8")
    print(text)
    for sentence in failures:
        print(sentence, file=sys.stderr)
    return 1 if failures else 0


def of_all(seeds: int) -> tuple[str, list[str]]:
    """Return the page about so many shops, and a sentence for each limit that does not hold."""
    findings = Findings()
    for seed in range(1, seeds + 1):
        with tempfile.TemporaryDirectory(prefix="stayhouse-truth-") as folder:
            shop = plant(Path(folder) / "shop", SMALL, seed)
            build(shop)
            findings.add(shop, sound_shop(Path(folder) / "sound", seed))
        print(f"seed {seed} of {seeds}: {findings.summary()}", flush=True)
    return page(findings), findings.failures()


def of_rooms(seeds: int, names: list[str]) -> tuple[str, list[str]]:
    """Return the page with the sections of these rooms made anew, and what does not hold."""
    rooms = [ROOMS[name]() for name in names]
    words = [f"+{model}" for room in rooms for model in room.reads]
    for seed in range(1, seeds + 1):
        with tempfile.TemporaryDirectory(prefix="stayhouse-truth-") as folder:
            shop = plant(Path(folder) / "shop", SMALL, seed)
            build(shop, "--select", *words, "--exclude-resource-type", "test")
            for room in rooms:
                room.add(shop)
        print(f"seed {seed} of {seeds}: {[room.failures() for room in rooms]}", flush=True)
    text = PAGE.read_text(encoding="utf-8")
    for room in rooms:
        text = with_section(text, room.text())
    return text, [sentence for room in rooms for sentence in room.failures()]


if __name__ == "__main__":
    sys.exit(main())
