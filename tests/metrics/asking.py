"""Asking MetricFlow: what it reads of the project in a folder of its own, and the command."""

import csv
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest
from dbt_metricflow.cli.cli_configuration import CLIConfiguration
from metricflow.engine.metricflow_engine import MetricFlowQueryRequest

from stayhouse.base.artifacts import public_marts
from stayhouse.publishing.publish import publish
from tests.building import CHECKOUT, Run

# Where nobody listens: `mf` asks a package index whether it is the newest, and tests ask nobody.
_NOWHERE = "http://127.0.0.1:9"


@dataclass(frozen=True)
class Shop:
    """A project folder with what `mf` reads there, and the published file that it asks."""

    folder: Path

    def environment(self, **more: str) -> dict[str, str]:
        """The environment of a user in this folder; what `mf` caches lands in it too."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("STAYHOUSE_", "DBT_"))}
        return {
            **kept,
            "DBT_PROFILES_DIR": str(self.folder),
            "DBT_PROJECT_DIR": str(self.folder),
            "DBT_TARGET": "published",
            "PYTHONPATH": str(CHECKOUT / "src"),
            "HTTPS_PROXY": _NOWHERE,
            "TMPDIR": str(self.folder),
            **more,
        }

    def mf(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run `mf`, as a user does."""
        return subprocess.run(
            [str(Path(sys.executable).with_name("mf")), *words],
            cwd=self.folder,
            env=self.environment(**more),
            capture_output=True,
            text=True,
        )

    def query(self, *words: str, **more: str) -> list[dict[str, str]]:
        """Return the rows of `mf query` as it writes them to a CSV; empty text is null."""
        path = self.folder / "answer.csv"
        path.unlink(missing_ok=True)
        done = self.mf("query", *words, "--csv", str(path), **more)
        assert done.returncode == 0, done.stdout + done.stderr
        with path.open(encoding="utf-8", newline="") as file:
            return [dict(row) for row in csv.DictReader(file)]


def published_shop(folder: Path, run: Run) -> Shop:
    """Lay out what `mf` reads: two project files, the metrics as dbt wrote them, a publication."""
    publish(run.database, public_marts(run.target), folder / "published")
    return shop(folder, run.target)


def shop(folder: Path, target: Path) -> Shop:
    """The same beside a publication that stands there."""
    (folder / "target").mkdir(parents=True)
    for path in (CHECKOUT / "dbt_project.yml", CHECKOUT / "profiles.yml"):
        (folder / path.name).write_bytes(path.read_bytes())
    name = "semantic_manifest.json"
    (folder / "target" / name).write_bytes((target / name).read_bytes())
    return Shop(folder)


class Ask(Protocol):
    """Asks for metrics; the rows hold what they are grouped by, and then the metrics."""

    def __call__(
        self, metrics: Sequence[str], by: Sequence[str] = (), where: Sequence[str] = ()
    ) -> list[tuple[Any, ...]]: ...


@contextmanager
def asking(shop: Shop) -> Iterator[Ask]:
    """What `mf query` does after it has read the project, many times in one process."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in shop.environment().items():
            patch.setenv(name, value)
        patch.chdir(shop.folder)
        configuration = CLIConfiguration()
        configuration.setup(configure_file_logging=False)

        def answer(
            metrics: Sequence[str], by: Sequence[str] = (), where: Sequence[str] = ()
        ) -> list[tuple[Any, ...]]:
            request = MetricFlowQueryRequest.create(
                metric_names=metrics, group_by_names=by, where_constraints=where or None
            )
            frame = configuration.mf.query(request).result_df
            assert frame is not None
            # MetricFlow has an order of its own.
            places = [frame.column_names.index(name) for name in (*by, *metrics)]
            assert len(places) == len(frame.column_names)
            return [tuple(row[place] for place in places) for row in frame.rows]

        yield answer
        configuration.sql_client.close()
        # dbt keeps one connection for a path, and the path is the same in every folder.
        configuration.dbt_artifacts.adapter.connections.close_all_connections()
