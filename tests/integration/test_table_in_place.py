"""How a table takes the place of its former one, in a project of three models."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.building import CHECKOUT, WITHOUT_METRICFLOW

PROJECT = """
name: little
version: "1.0"
profile: little
macro-paths: [macros]
models: {little: {+materialized: table}}
vars: {value: "1"}
"""
PROFILE = """
little: {target: dev, outputs: {dev: {type: duckdb, path: little.duckdb, threads: 2}}}
"""
CONTRACT = """
models:
  - name: kept
    config: {contract: {enforced: true}}
    columns: [{name: id, data_type: bigint, constraints: [{type: not_null}]}]
"""
COPIED = """
def model(dbt, session):
    dbt.config(materialized="table")
    return dbt.ref("kept").df()
"""


class Little:
    """A project of three models, one under a contract, one in Python, with our materialisation."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name, text in {
            "dbt_project.yml": PROJECT,
            "profiles.yml": PROFILE,
            "models/kept.yml": CONTRACT,
            "models/kept.sql": "select cast({{ var('value') }} as bigint) as id",
            "models/twice.sql": "select 2 * id as id from {{ ref('kept') }}",
            "models/copied.py": COPIED,
            "macros/table.sql": (CHECKOUT / "macros/engine/table.sql").read_text(),
        }.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)

    def run(self, value: str) -> str:
        """Run dbt with another value; return its words, empty where all went well."""
        words = ("run", "--no-use-colors", "--vars", f"{{value: {value!r}}}")
        done = subprocess.run(
            [sys.executable, "-c", f"{WITHOUT_METRICFLOW}; from dbt.cli.main import cli; cli()",
             *words, "--profiles-dir", ".", "--project-dir", "."],
            cwd=self.folder, capture_output=True, text=True,
        )  # fmt: skip
        return done.stdout if done.returncode else ""

    def held(self) -> dict[str, list[tuple[object, ...]]]:
        """Return the rows of all that the warehouse holds."""
        with duckdb.connect(str(self.folder / "little.duckdb"), read_only=True) as con:
            names = con.execute("select table_name from information_schema.tables").fetchall()
            return {name: con.execute(f'from "{name}"').fetchall() for (name,) in names}


@pytest.fixture(scope="module")
def little(tmp_path_factory: pytest.TempPathFactory) -> Little:
    made = Little(tmp_path_factory.mktemp("little"))
    assert made.run("1") == ""
    return made


def test_a_table_replaces_its_former_one(little: Little) -> None:
    assert little.run("3") == ""
    assert little.held() == {"kept": [(3,)], "twice": [(6,)], "copied": [(3,)]}


def test_what_cannot_be_made_leaves_the_former_one(little: Little) -> None:
    before = little.held()
    for value, words in (("error('broken')", "broken"), ("null", "NOT NULL")):
        assert words in little.run(value)
        assert little.held() == before


def test_a_table_replaces_a_view_of_its_name(little: Little) -> None:
    with duckdb.connect(str(little.folder / "little.duckdb")) as con:
        for name in ("twice", "copied"):
            con.execute(f"drop table {name}; create view {name} as select 7 as id")
    assert little.run("5") == ""
    assert little.held() == {"kept": [(5,)], "twice": [(10,)], "copied": [(5,)]}


def test_what_was_left_of_a_build_that_was_killed_is_no_hindrance(little: Little) -> None:
    with duckdb.connect(str(little.folder / "little.duckdb")) as con:
        con.execute("create table copied__dbt_tmp as select 7 as id")
    assert little.run("5") == ""
    assert little.held() == {"kept": [(5,)], "twice": [(10,)], "copied": [(5,)]}
