"""What var `reads` may say, and what another project may not do: macros' sentences, without dbt."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import jinja2
import pytest

from stayhouse.base.sources import without_idle_sources
from tests.building import CHECKOUT

OURS = {"package_name": "stayhouse", "resource_type": "model", "depends_on": {"nodes": []}}
VIEW = {**OURS, "fqn": ["stayhouse", "staging"], "depends_on": {"nodes": ["model.rose.orders"]}}
MART = {**OURS, "fqn": ["stayhouse", "core"], "depends_on": {"nodes": ["seed.rose.rates"]}}
GRAPH = {"model.stayhouse.stg_shop__orders": VIEW, "model.stayhouse.money_lines": MART}


class Stopped(Exception):
    """The sentence that a build ends with."""


def stop(sentence: str) -> None:
    raise Stopped(sentence)


def call(path: str, *words: Any, **known: Any) -> None:
    """Call the macro of a file with what dbt and other macros would tell it."""
    environment = jinja2.Environment(extensions=["jinja2.ext.do"])
    told = {
        "return": lambda value: value,
        "modules": SimpleNamespace(re=re),
        "exceptions": SimpleNamespace(raise_compiler_error=stop),
        "landing_root": lambda: "landing",
        "landed_tables": lambda: {"shop": ["events", "orders"]},
        "session_time_zone": lambda: "current_setting('TimeZone')",
        **known,
    }
    text = (CHECKOUT / "macros" / path).read_text(encoding="utf-8")
    module = environment.from_string(text, globals=told).module
    getattr(module, path.rsplit("/", 1)[-1].removesuffix(".sql"))(*words)


@pytest.mark.parametrize(
    ("reads", "sentence"),
    [
        ("raw.orders", "must map sources to tables, such as {shop: "),
        ({"shop": ["orders"]}, "of shop must map tables"),
        ({"shop": {"orders": {"table": "a.b"}}}, "must say `table` or `model`, and `load`"),
        ({"shop": {"orders": {"table": "a.b", "model": "c", "load": "x"}}}, "must say `table` or"),
        ({"shop": {"orders": {"table": "orders", "load": "x"}}}, "a table is schema.table"),
        ({"shop": {"orders": {"table": "a.b; drop", "load": "x"}}}, "is 'a.b; drop', which is no"),
        ({"shop": {"orders": {"table": "a.b", "load": "x", "where": 1}}}, "has no 'where'"),
        ({"shop": {"orders": {"table": "a.b", "load": "x", "ignore": "y"}}}, "ignore is a list"),
        ({"shop": {"orders": {"table": "a.b", "load": "x", "columns": ["y"]}}}, "maps ours to"),
    ],
)
def test_a_reading_of_another_form_stops(reads: object, sentence: str) -> None:
    with pytest.raises(Stopped, match=re.escape(sentence)):
        call("sources/read_tables.sql", var=lambda name, default: reads)


def test_readings_of_every_form_pass() -> None:
    tables = {
        "orders": {"table": "lake.raw.orders", "load": "n", "loaded_at": "t", "columns": {}},
        "events": {"model": "rose.visits", "load": "t", "ignore": "*"},
    }
    call("sources/read_tables.sql", var=lambda name, default: {"shop": tables})
    call("sources/read_tables.sql", var=lambda name, default: default)


@pytest.mark.parametrize(
    ("reads", "landed", "sentence"),
    [
        ({"kiosk": {"orders": {}}}, {}, "no source of var 'sources'"),
        ({"shop": {"baskets": {}}}, {}, "tables of shop are events, orders"),
        ({"shop": {"orders": {}}}, {"shop.orders": {}}, "stayhouse unland shop --table orders"),
    ],
)
def test_a_reading_that_cannot_be_followed_stops(
    reads: dict[str, Any], landed: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(Stopped, match=sentence):
        call("state/check_reads.sql", landed, read_tables=lambda: reads)


def package(graph: dict[str, Any], reads: dict[str, Any], zone: str = "UTC") -> None:
    answer = SimpleNamespace(rows=[[zone]])
    nodes = SimpleNamespace(nodes=graph)
    known = {"run_query": lambda sql: answer, "graph": nodes, "read_tables": lambda: reads}
    call("state/check_package.sql", {}, **known)


def test_another_project_is_stopped_where_figures_would_be_wrong_in_silence() -> None:
    reads = {"shop": {"orders": {"model": "rose.orders", "load": "t"}}}
    package(GRAPH, reads)
    with pytest.raises(Stopped, match="nothing to read"):
        package(GRAPH, {})
    with pytest.raises(Stopped, match="time zone is Asia/Tokyo"):
        package(GRAPH, reads, "Asia/Tokyo")
    # Ours is enabled, and yet theirs is read.
    named = "has the name of one of Stayhouse's"
    with pytest.raises(Stopped, match=f"The seed rates of rose {named}"):
        package({**GRAPH, "seed.stayhouse.rates": {**OURS, "fqn": ["stayhouse", "rates"]}}, reads)
    # Staging reads their orders, as the var says; a mart that does means ours.
    orders = {**OURS, "fqn": ["stayhouse", "core"]}
    package({**GRAPH, "model.stayhouse.orders": orders}, reads)
    hijacked = {**MART, "depends_on": {"nodes": ["model.rose.orders"]}}
    with pytest.raises(Stopped, match=f"The model orders of rose {named}"):
        package({"model.stayhouse.orders": orders, "model.stayhouse.sold": hijacked}, reads)


def test_a_source_that_is_read_is_built_and_the_sample_is_nobodys(tmp_path: Path) -> None:
    warehouse = tmp_path / "warehouse.duckdb"
    for source in ("shop", "ga4", "posthog"):
        (tmp_path / "models" / "staging" / source).mkdir(parents=True)
    (tmp_path / "seeds" / "sample" / "ga4" / "events" / "batch_id=1").mkdir(parents=True)
    (landing := tmp_path / "landing" / "posthog" / "events" / "batch_id=1").mkdir(parents=True)
    (project := tmp_path / "dbt_project.yml").write_text("vars: {reads: {shop: {}}}")
    idle = ["--exclude", "path:models/staging/ga4", "--exclude", "path:models/staging/posthog"]
    assert without_idle_sources(tmp_path, None, warehouse) == idle
    assert without_idle_sources(tmp_path, landing.parents[2], warehouse) == idle[:2]
    project.write_text("vars: {}")
    assert "path:models/staging/ga4" not in without_idle_sources(tmp_path, None, warehouse)
    # What it staged before, of another folder maybe, is made anew, and not passed over.
    project.write_text("vars: {reads: {shop: {}}}")
    with duckdb.connect(str(warehouse)) as con:
        con.execute("create schema staging; create view staging.stg_ga4__events as select 1 as c")
        con.execute("create schema core; create view core.posthog as select 1 as c")
    assert without_idle_sources(tmp_path, None, warehouse) == idle[2:]
