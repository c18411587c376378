"""What a page of the app costs at a million customers: ``python -m tests.bench.app``.

The published file is multiplied: each person, with orders, visits, days and scores, stands in it
many times under other names. Marts of sums (cube, lifecycle, quality) do not grow with people and
stay. Printed are the seconds on the wall that the server needs for a page when nothing was asked
before, and when the page is drawn again with another choice; then what a browser waits for the
first page, of the first visitor after a start and of later ones.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
from streamlit.testing.v1 import AppTest

from app import published
from stayhouse.base.warehouse import literal
from tests.bench import visitors
from tests.building import CHECKOUT

PEOPLE = 1_000_000
# Marts with a row or more a person, and the columns that name one thing each.
GROWING = {
    "core.customers": ("person_id", "customer_id"),
    "core.customer_days": ("person_id",),
    "core.orders": ("person_id", "order_id"),
    "core.money_lines": ("person_id", "order_id", "line_id"),
    "core.sessions": ("person_id", "session_id", "visitor_id"),
    "retention.customer_lifecycle": ("person_id",),
    "retention.purchase_rhythm": ("person_id",),
    "segments.rfm_segments": ("person_id",),
    "churn.churn_scores": ("person_id",),
    "churn.churn_reasons": ("person_id",),
}
# Another choice on each page that has a list.
CHOICES: dict[str, Callable[[AppTest], object]] = {
    "overview": lambda page: page.selectbox(key="period").set_value("quarter"),
    "acquisition": lambda page: page.selectbox(key="period").set_value("year"),
    "retention": lambda page: page.selectbox(key="retention-definition").set_value("on_or_after,1"),
    "lifecycle": lambda page: page.selectbox(key="lifecycle-segment").set_value("at_risk"),
    "churn": lambda page: page.selectbox(key="churn-order").set_value("at_stake"),
    "quality": lambda page: page.selectbox(key="quality-table").set_value("events"),
    "customer": lambda page: page.text_input(key="customer-text").set_value("c10000"),
}


def multiply(source: Path, copy: Path, people: int) -> int:
    """Write a file in which the buyers of another stand as often as makes so many of them."""
    with duckdb.connect(str(copy)) as con:
        con.execute(f"attach {literal(str(source))} as small (read_only)")
        buyers = con.execute("select count(*) from small.segments.rfm_segments").fetchall()[0][0]
        times = -(-people // buyers)
        for room, name in con.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'small'"
        ).fetchall():
            con.execute(f"create schema if not exists {room}")
            ids = GROWING.get(f"{room}.{name}")
            changed = ", ".join(f"{i} || '-' || n as {i}" for i in ids or ())
            # As a publication is sorted: by person first.
            con.execute(
                f"create table {room}.{name} as select small.* exclude (n) replace ({changed}) "
                f"from (from small.{room}.{name}, range({times}) as copies(n)) as small "
                "order by person_id"
                if ids
                else f"create table {room}.{name} as from small.{room}.{name}"
            )
        return int(con.execute("select count(*) from segments.rfm_segments").fetchall()[0][0])


def drawing(name: str) -> AppTest:
    """A page of the app, not drawn yet."""

    def script(name: str) -> None:
        from app import published, shell
        from app.registry import all_pages

        shell.draw(next(p for p in all_pages() if p.name == name), published.current())

    return AppTest.from_function(script, kwargs={"name": name}, default_timeout=120)


def main() -> None:
    """Multiply what is published, draw each page, print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--published", type=Path, default=CHECKOUT / "published/stayhouse.duckdb")
    parser.add_argument("--people", type=int, default=PEOPLE)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "dbt_project.yml").touch()
        (root / "src" / "stayhouse").mkdir(parents=True)
        version = root / "published" / "versions" / "1"
        version.mkdir(parents=True)
        buyers = multiply(args.published.resolve(), version / "stayhouse.duckdb", args.people)
        (root / "published" / "stayhouse.duckdb").symlink_to("versions/1/stayhouse.duckdb")
        os.chdir(root)
        size = (version / "stayhouse.duckdb").stat().st_size / 2**30
        print(f"{buyers:,} buyers, {size:.1f} GB")
        print(f"{'page':12} {'first':>7} {'choice':>7}")
        # Whatever Python loads once is loaded before the clock starts.
        drawing("quality").run()
        for page in published_pages():
            published._rows.clear()
            test = drawing(page)
            began = time.perf_counter()
            test.run()
            first = time.perf_counter() - began
            assert not test.exception
            choice = ""
            if page in CHOICES:
                CHOICES[page](test)
                began = time.perf_counter()
                test.run()
                choice = f"{time.perf_counter() - began:6.2f}s"
                assert not test.exception
            print(f"{page:12} {first:6.2f}s {choice:>7}")
        visitors.measure(root)


def published_pages() -> list[str]:
    """The pages of what is published, in order."""
    from app.registry import pages_of

    return [page.name for page in pages_of(published.current())]


if __name__ == "__main__":
    main()
