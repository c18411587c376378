"""What pyproject.toml asks of import-linter and ruff, each by offences planted in a copy."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.building import CHECKOUT

CLOCKS = """\
import datetime as dt
import time
from datetime import date, datetime
from time import time as now

import pandas as pd

dt.datetime.now(dt.UTC)
date.today()
datetime.utcnow()
time.time()
pd.Timestamp.now()
time.perf_counter()
"""


def lint_imports(package: Path) -> subprocess.CompletedProcess[str]:
    words = ("--config", str(CHECKOUT / "pyproject.toml"), "--no-cache", "--no-logo")
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command as c; c()",
            *words,
        ],
        cwd=package,
        env={**os.environ, "PYTHONPATH": str(package)},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    ("path", "text", "broken", "remedy"),
    [
        ("churn/x.py", "import stayhouse.reports.losses", "Packages", "into the package below"),
        ("churn/x.py", "import stayhouse.commands.land", "Packages", "out of a command goes"),
        ("shop/orders/x.py", "import stayhouse.shop.truth.churn", "No circle", "into a third"),
        ("landing/x.py", "from dbt.cli.main import dbtRunner", "no dbt", "Take a DataFrame"),
    ],
)
def test_an_import_that_may_not_be_is_told(
    path: str, text: str, broken: str, remedy: str, tmp_path: Path
) -> None:
    shutil.copytree(CHECKOUT / "src" / "stayhouse", tmp_path / "stayhouse")
    (tmp_path / "stayhouse" / path).write_text(text + "\n")
    done = lint_imports(tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert [broken in line for line in done.stdout.splitlines() if "BROKEN" in line] == [True]
    assert remedy in " ".join(done.stdout.split())


@pytest.mark.parametrize("path", ["src/stayhouse/x.py", "app/x.py", "python_models/churn/ml_x.py"])
def test_who_asks_the_machine_for_the_time_is_told(path: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--select", "TID251", "--output-format", "concise",
         "--stdin-filename", path, "-"],
        cwd=CHECKOUT, input=CLOCKS, capture_output=True, text=True,
    )  # fmt: skip
    told = [line.split(":", 2)[1] for line in done.stdout.splitlines() if "core.clock" in line]
    # The import of time.time, and the five calls; what measures may stay.
    assert told == ["4", "8", "9", "10", "11", "12"]
