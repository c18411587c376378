"""One shop's raw files cut into a history of 1, 10 or 100 parts and the day that follows it."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from stayhouse import landing
from stayhouse.shop.build import make_shop
from stayhouse.shop.settings import Settings
from tests.building import Run

KEY = "a secret of the benchmarks, and of no shop at all"
DAYS = 400
PARTS = 100
# How each table's rows are dated; a table that is not here is small, and lands whole at first.
_DATED = {
    "events": "received_at",
    "orders": "ordered_at",
    "refunds": "refunded_at",
    "reviews": "created_at",
    "contacts": "sent_at",
    "exposures": "exposed_at",
    "customers": "signed_up_at",
}
_OF_AN_ORDER = ("order_lines", "order_charges")
# By these people, and what they do, are told apart: a copy of a shop has its own. Products,
# campaigns and experiments it shares.
_OWN = {
    "events": ("event_id", "visitor_id", "customer_id", "order_id"),
    "orders": ("order_id", "customer_id", "visitor_id"),
    "order_lines": ("order_id",),
    "order_charges": ("order_id",),
    "refunds": ("refund_id", "order_id", "customer_id"),
    "customers": ("customer_id", "referred_by"),
    "contacts": ("contact_id", "customer_id"),
    "exposures": ("unit_id",),
    "reviews": ("review_id", "customer_id"),
    "erasure_requests": ("customer_id",),
}
_WITH_ADDRESS = ("orders", "customers")


@dataclass(frozen=True)
class Cut:
    """Raw Parquet files and the instants (ISO text) that divide them.

    ``edges`` has PARTS + 1 instants: part i of the history lies between edges i and i + 1, each
    with as many events as another; the day begins at the last edge.
    """

    raw: Path
    edges: list[str]
    parts_folder: Path

    def part(self, name: str, after: str, until: str | None, *, whole: bool = False) -> Path:
        """Write the rows of one stretch of time as a folder of raw files; return it."""
        folder = self.parts_folder / name
        if folder.exists():
            return folder
        folder.mkdir(parents=True)
        with duckdb.connect() as con:
            for path in sorted(self.raw.glob("*.parquet")):
                if not whole and path.stem not in (*_DATED, *_OF_AN_ORDER):
                    continue
                query = f"select * from '{path}'"
                if path.stem in _DATED:
                    query += f" where {_between(_DATED[path.stem], after, until)}"
                elif path.stem in _OF_AN_ORDER:
                    orders = self.raw / "orders.parquet"
                    query += (
                        f" where order_id in (select order_id from '{orders}' "
                        f"where {_between('ordered_at', after, until)})"
                    )
                con.execute(f"copy ({query}) to '{folder / path.name}' (format parquet)")
        return folder

    def history(self, run: Run, parts: int) -> None:
        """Land the last so many parts of the history, each as a batch a table."""
        assert run.landing is not None
        first = PARTS - parts
        for i in range(first, PARTS):
            folder = self.part(
                f"part_{i}{'_whole' if i == first else ''}",
                self.edges[i],
                self.edges[i + 1],
                whole=i == first,
            )
            landing.land(run.project, run.landing, "shop", folder, key=KEY)

    def day(self) -> Path:
        """Return the folder of the day that follows the history, as CSV files."""
        folder = self.part("day", self.edges[-1], None)
        with duckdb.connect() as con:
            for path in folder.glob("*.parquet"):
                csv = path.with_suffix(".csv")
                con.execute(f"copy (from '{path}') to '{csv}' (header, quote '\"', force_quote *)")
                path.unlink()
        return folder


def cut(folder: Path, customers_per_year: int, copies: int = 1) -> Cut:
    """Make a shop in an empty folder, and find where its events divide evenly.

    One that is too large to be made at once is so many copies of a smaller one.
    """
    asked = Settings(round(customers_per_year / copies), DAYS, seed=4, file_format="parquet")
    make_shop(asked, folder / "shop", has_rates=False)
    raw = folder / "shop" / "raw"
    if copies > 1:
        _copy(raw, copies)
    with duckdb.connect() as con:
        # Text of one form sorts as the instants do; what is of no form counts as the oldest.
        last_day = con.execute(
            f"select max(left(received_at, 10)) from '{raw}/events.parquet' "
            "where try_cast(received_at as timestamptz) is not null "
            f"and received_at < '{_END}'"
        ).fetchall()[0][0]
        edges = con.execute(
            f"select quantile_disc(received_at, {[i / PARTS for i in range(1, PARTS)]}) "
            f"from '{raw}/events.parquet' where received_at < '{last_day}'"
        ).fetchall()[0][0]
    return Cut(raw, ["", *edges, last_day], folder / "parts")


def _copy(raw: Path, copies: int) -> None:
    """Put so many copies of a shop into the place of its raw files, each with people of its own."""
    for table, ids in _OWN.items():
        path, enlarged = raw / f"{table}.parquet", raw / f"{table}.copies"
        with duckdb.connect() as con:
            con.execute("set memory_limit = '4GB'; set preserve_insertion_order = false")
            own = [f"{name} || '-' || copy as {name}" for name in ids]
            if table in _WITH_ADDRESS:
                own.append("replace(email, '@', '-' || copy || '@') as email")
            con.execute(
                f"copy (select r.* replace ({', '.join(own)}) from '{path}' as r "
                f"cross join range({copies}) as c (copy)) to '{enlarged}' (format parquet)"
            )
        enlarged.replace(path)


# Beyond this a received_at is one of the planted impossible instants.
_END = "2025-02-04"


def _between(column: str, after: str, until: str | None) -> str:
    instant = f"coalesce({column}, '')"
    return f"{instant} >= '{after}'" + (f" and {instant} < '{until}'" if until else "")
