"""Building warehouses in tests: real dbt runs of this project, each in a folder of its own."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd

from stayhouse.base.sources import without_idle_sources
from tests.forked import Edit, forked

CHECKOUT = Path(__file__).resolve().parents[1]
# dbt in tests has what `make setup` installs, also where `make metrics` has added to it. (Of
# dbt_metricflow it imports the empty package, as any that begins with dbt_, to look for plugins.)
METRICFLOW = ("metricflow", "metricflow_semantics", "metricflow_semantic_interfaces")
WITHOUT_METRICFLOW = f"import sys; sys.modules.update(dict.fromkeys({METRICFLOW}))"


@dataclass(frozen=True)
class Run:
    """A folder to build in: warehouse file, landing folder (None = the sample), dbt's artefacts.

    ``parsed`` is where dbt parsed the same project before (None = it parses, as a user's does).
    What it parses depends on no setting and not on where things lie. ``edit`` is made in what was
    parsed, and in no file.
    """

    folder: Path
    landing: Path | None = None
    project: Path = CHECKOUT
    parsed: Path | None = None
    edit: Edit | None = None

    @property
    def database(self) -> Path:
        return self.folder / "stayhouse.duckdb"

    @property
    def target(self) -> Path:
        return self.folder / "target"

    def environment(self) -> dict[str, str]:
        """Return the environment of a user with these settings and no others."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("STAYHOUSE_", "DBT_"))}
        kept["STAYHOUSE_DB"] = str(self.database)
        kept["DBT_LOG_LEVEL_FILE"] = "info"
        kept["PYTHONPATH"] = str(self.project / "src")
        if self.landing is not None:
            kept["STAYHOUSE_LANDING"] = str(self.landing)
        return kept

    def command(self, *words: str) -> list[str]:
        """Return the words of a process that runs dbt."""
        dbt = ("-c", f"{WITHOUT_METRICFLOW}; from dbt.cli.main import cli; cli()")
        if self.parsed is not None:
            dbt = ("-m", "tests.parsed_dbt", str(self.parsed / "partial_parse.msgpack"))
        return [sys.executable, *dbt, *self._words(*words)]

    def _words(self, *words: str) -> list[str]:
        folders = ("--target-path", str(self.target), "--log-path", str(self.folder / "logs"))
        return ["--no-use-colors", *words, *folders]

    def dbt(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run dbt in the project's folder and return what it said."""
        assert self.edit is None or self.parsed is not None
        if self.parsed is not None:
            parsed = self.parsed / "partial_parse.msgpack"
            return forked(parsed, self._words(*words), self.project, self.environment(), self.edit)
        return subprocess.run(
            self.command(*words),
            cwd=self.project,
            env=self.environment(),
            capture_output=True,
            text=True,
        )

    def build(self, *words: str) -> None:
        """Build as ``stayhouse build`` does; fail the test with dbt's words where that fails.

        No shop moves a unit test: they run once, in `test_unit_tests_of_models.py`.
        """
        idle = without_idle_sources(self.project, self.landing, self.database)
        # Beside another process of tests two threads take longer than one, by an eighth.
        alone = ("--threads", "1") if "PYTEST_XDIST_WORKER" in os.environ else ()
        kinds = ("--exclude-resource-type", "unit_test")
        done = self.dbt("build", *words, *kinds, *alone, *idle)
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]

    def query(self, sql: str) -> list[tuple[object, ...]]:
        """Return the rows of a query against the warehouse."""
        with duckdb.connect(str(self.database), read_only=True) as con:
            return con.execute(sql).fetchall()

    def frame(self, sql: str) -> pd.DataFrame:
        """Return the answer to a query against the warehouse."""
        with duckdb.connect(str(self.database), read_only=True) as con:
            return con.execute(sql).df()


# The row of core.clock, for what asks a function as of when it is.
CLOCK = pd.DataFrame({"as_of_at": [pd.Timestamp("2025-05-14")]})
# What dbt's hooks leave in a warehouse after a whole build: for warehouses that are made by hand.
FINISHED = """
    create or replace table main.build_token as
    select
        'finished' as state, null::varchar as failure, true as is_one_build,
        'c0ffee' as code_commit,
        '{"batches": {}, "landed_checksum": "l", "project_checksum": "p", "vars": {}}' as inputs
"""


def copy_of_checkout(folder: Path) -> Path:
    """Copy the files that git would commit into a folder, to plant things in; return it."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=CHECKOUT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in filter(None, listed.stdout.split("\0")):
        if (CHECKOUT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(CHECKOUT / name, folder / name)
    return folder


PUBLIC_ROOMS = (
    "core",
    "features",
    "retention",
    "behavior",
    "segments",
    "feedback",
    "churn",
    "value",
    "recommendations",
    "experiments",
    "strategy",
)


def mart_hashes(database: Path) -> dict[str, tuple[int, object]]:
    """Return the row count and an order-free hash of every public mart (no int_, no ml_)."""
    hashes: dict[str, tuple[int, object]] = {}
    with duckdb.connect(str(database), read_only=True) as con:
        marts = con.execute(
            "select table_schema, table_name from information_schema.tables "
            "where list_contains(?, table_schema)",
            [list(PUBLIC_ROOMS)],
        ).fetchall()
        for room, name in marts:
            if not name.startswith(("int_", "ml_")):
                rows = con.execute(
                    "select count(*), bit_xor(hash(m)), sum(hash(m)::hugeint) "
                    f'from "{room}"."{name}" as m'
                ).fetchall()
                hashes[f"{room}.{name}"] = (rows[0][0], rows[0][1:])
    return hashes
