"""``make tour``: write docs/tour.md and its pictures from what is published."""

import os
import sys

import duckdb

from tests.building import CHECKOUT
from tests.conftest import NO_BROWSER
from tests.tour import pictures
from tests.tour.text import TEMPLATE, Rows, fill

PUBLISHED = CHECKOUT / "published" / "stayhouse.duckdb"
DOCS = CHECKOUT / "docs"
_MOST_ORDERS = """
select person_id from segments.rfm_segments order by order_count desc, person_id limit 1
"""


def main() -> int:
    """Fill the template, and take the pictures where there is a browser."""
    if not PUBLISHED.exists():
        print(f"There is no {PUBLISHED}: run `make build` first.", file=sys.stderr)
        return 2
    if os.environ.get("STAYHOUSE_LANDING"):
        print("The tour is of the sample: unset STAYHOUSE_LANDING and build.", file=sys.stderr)
        return 2
    with duckdb.connect(str(PUBLISHED.resolve()), read_only=True) as con:

        def ask(sql: str) -> tuple[list[str], Rows]:
            answer = con.execute(sql)
            return [column[0] for column in answer.description or []], answer.fetchall()

        text = fill(TEMPLATE.read_text(encoding="utf-8"), ask)
        person = str(ask(_MOST_ORDERS)[1][0][0])
    (DOCS / "tour.md").write_text(text, encoding="utf-8")
    print(f"wrote {DOCS / 'tour.md'}")
    if NO_BROWSER:
        print(f"The pictures are left as they were: there is no {' and '.join(NO_BROWSER)}.")
        return 0
    made = pictures.take(DOCS / "tour", person)
    size = sum(path.stat().st_size for path in made)
    print(f"took {len(made)} pictures, {size / 1e6:.2f} MB, into {DOCS / 'tour'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
