"""When a night has nothing to do: each thing that may have changed, and a build of it."""

import json
import os
from pathlib import Path
from typing import Any

import duckdb
import pytest

from stayhouse.base.build_token import checksum_of, landed_checksum_of, read_build_token
from stayhouse.publishing.quiet import quiet_night
from stayhouse.reports.fits import Fits
from tests.building import CHECKOUT, FINISHED

KEPT = Fits(False, "What was fitted is applied.")
DUE = Fits(True, "It has drifted.")


class Shop:
    """What a build of 6 May left: it fitted on that day, and version 3 was published after it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.landing, self.warehouse = root / "landing", root / "w.duckdb"
        self.published = root / "published"
        (root / "dbt_project.yml").write_text("vars: {}\n")
        self.batch = self.landing / "shop" / "orders" / "batch_id=1"
        self.batch.mkdir(parents=True)
        (self.batch / "data.parquet").write_text("rows")
        version = self.published / "versions" / "3"
        version.mkdir(parents=True)
        (self.published / "current").symlink_to("versions/3")
        self.tell(
            "create schema core; create schema churn; create table core.clock as "
            "select timestamp '2025-05-06' as as_of_at; create table churn.churn_model_comparison "
            "as select date '2025-05-06' as fitted_as_of_date; "
            "create table churn.churn_readiness as select true as is_ready",
            FINISHED,
        )
        self.note()

    def note(self, **more: Any) -> None:
        """Let the build have been given what there is, or what else is said, and publish it."""
        inputs = {
            "batches": {}, "given": [], "vars": {}, "is_sample": False,
            "project_checksum": checksum_of(self.root),
            "landed_checksum": landed_checksum_of(self.landing), **more,
        }  # fmt: skip
        self.tell(f"update main.build_token set inputs = '{json.dumps(inputs)}'")
        built = self.warehouse.stat().st_mtime_ns
        contents = self.published / "current" / "contents.json"
        with duckdb.connect(str(self.warehouse), read_only=True) as con:
            build = read_build_token(con).as_record()
        contents.write_text(json.dumps({"core.clock": {"row_count": 1}, "build": build}))
        os.utime(contents, ns=(built, built + 1))

    def tell(self, *sql: str) -> None:
        with duckdb.connect(str(self.warehouse)) as con:
            for statement in sql:
                con.execute(statement)

    def night(self, fits: Fits = KEPT) -> str | None:
        return quiet_night(self.root, self.landing, self.warehouse, fits, self.published)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setenv("STAYHOUSE_LANDING", "landing")
    return Shop(tmp_path)


def test_where_nothing_has_changed_there_is_nothing_to_do(shop: Shop) -> None:
    assert shop.night() == (
        "Nothing has landed, and no code or setting has changed, since the last build, as of "
        "2025-05-06: there is nothing to do. Version 3 stays published."
    )
    # Reading does not count as writing.
    assert shop.night() is not None


def test_what_landed_is_built(shop: Shop) -> None:
    """A batch more, one that was touched, and one that is gone."""
    more = shop.landing / "shop" / "events" / "batch_id=1"
    more.mkdir(parents=True)
    (more / "data.parquet").write_text("")
    assert shop.night() is None
    (more / "data.parquet").unlink()
    assert shop.night() is not None
    os.utime(shop.batch / "data.parquet", (1, 1))
    assert shop.night() is None
    shop.note()
    assert shop.night() is not None
    (shop.batch / "data.parquet").unlink()
    assert shop.night() is None


def test_what_another_setting_changes_is_built(shop: Shop) -> None:
    (shop.root / "dbt_project.yml").write_text("vars: {train_every_days: 8}\n")
    assert shop.night() is None
    shop.note()
    assert shop.night() is not None


@pytest.mark.parametrize(
    "told",
    [{"given": ["as_of"]}, {"vars": {"reads": {"shop": {}}}}, {"is_sample": True}],
    ids=["a setting of that run alone", "tables that are read where they stand", "the sample"],
)
def test_a_build_of_another_kind_says_nothing_of_this_one(shop: Shop, told: dict[str, Any]) -> None:
    shop.note(**told)
    assert shop.night() is None


@pytest.mark.parametrize("state", ["unfinished", "failed", "part"])
def test_a_build_that_did_not_go_well_is_made_again(shop: Shop, state: str) -> None:
    shop.tell(f"update main.build_token set state = '{state}'")
    shop.note()
    assert shop.night() is None


def test_what_was_not_published_is(shop: Shop) -> None:
    """The build before may have ended well, and its publication not."""
    contents = shop.published / "current" / "contents.json"
    built = shop.warehouse.stat().st_mtime_ns
    os.utime(contents, ns=(built, built))
    assert shop.night() is None
    quiet = quiet_night(shop.root, shop.landing, shop.warehouse, KEPT, None)
    assert quiet is not None
    assert quiet.endswith("there is nothing to do.")
    contents.unlink()
    assert shop.night() is None


@pytest.mark.parametrize(
    "other",
    [
        {"core.clock": {"row_count": 2}},
        {"core.orders": {"row_count": 0}},
        {"build": {"commit": None, "is_sample": False, "batches": {"shop.orders": {}}}},
        {"build": None},
    ],
    ids=["other rows", "a mart that is not here", "another build", "a version of before"],
)
def test_a_version_of_another_warehouse_does_not_count(shop: Shop, other: dict[str, Any]) -> None:
    """As when two shops are built in turn in one folder, and each is published there."""
    contents = shop.published / "current" / "contents.json"
    times = contents.stat()
    contents.write_text(json.dumps({**json.loads(contents.read_text()), **other}))
    os.utime(contents, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert shop.night() is None


def test_a_fit_that_is_due_is_made_once(shop: Shop) -> None:
    """On the day of the last fit there are the same rows to learn from."""
    assert shop.night(DUE) is not None
    shop.tell("update churn.churn_model_comparison set fitted_as_of_date = '2025-05-05'")
    shop.note()
    assert shop.night(DUE) is None
    assert shop.night() is not None
    # Of a model that should stand and does not, nobody knows when the rest was learnt.
    shop.tell("delete from churn.churn_model_comparison")
    shop.note()
    assert shop.night(DUE) is None
    # Where none can stand yet, each build fits.
    shop.tell("update churn.churn_readiness set is_ready = false")
    shop.note()
    assert shop.night(DUE) is not None


def test_without_a_warehouse_all_is_to_do(shop: Shop) -> None:
    shop.warehouse.unlink()
    assert shop.night() is None


@pytest.mark.parametrize("name", ["landing", "a [shop]'s"])
def test_the_checksum_is_that_which_a_build_notes(tmp_path: Path, name: str) -> None:
    """By DuckDB, as macros/engine/build_inputs.sql asks for it."""
    macro = (CHECKOUT / "macros/engine/build_inputs.sql").read_text(encoding="utf-8")
    query = macro.split("{%- set landed -%}")[1].split("{%- endset -%}")[0]
    root = tmp_path / name
    for place in ("shop/orders/batch_id=2", "shop/orders/batch_id=10", "ga4/events/batch_id=1"):
        (root / place).mkdir(parents=True)
        for file in ("data.parquet", "manifest.json"):
            (root / place / file).write_text(place)
    pattern = str(root).replace("[", "[[]").replace("'", "''") + "/*/*/batch_id=*/*.parquet"
    with duckdb.connect() as con:
        rows = con.execute(query.replace("{{ landed_glob('*', '*') }}", pattern)).fetchall()
        told = con.execute("select md5(?)", [" ".join(row[3] for row in rows)]).fetchall()
    assert [row[1] for row in rows] == [1, 2]
    assert told == [(landed_checksum_of(root),)]
