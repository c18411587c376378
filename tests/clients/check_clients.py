"""Clients of other makers read what is published: `make clients`, after a `make build`.

Each gets an environment of its own in ``build/clients`` and runs its code block of docs/bi.md. What
it prints is what DuckDB itself reads. This asks PyPI and npm, so `make test` does not run it, and
`.ci/run` runs the clients in Python. Where npm's registry does not answer, the Node client says so
and does not run.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.building import CHECKOUT
from tests.clients.guide import GUIDE, QUESTION, code

FILE = CHECKOUT / "published" / "stayhouse.duckdb"
CLIENTS = CHECKOUT / "build" / "clients"
NODE_CLIENT = "@duckdb/node-api@1.5.6-r.1"
# npm's words for a registry that was reached and has no such package or version.
_ANSWERS = {"E404", "ETARGET"}


@pytest.fixture(scope="module")
def expected() -> str:
    """Orders and net sales, as the version of DuckDB reads them that wrote the file."""
    assert FILE.exists(), "nothing is published: run `make build` first"
    with duckdb.connect(str(FILE), read_only=True) as con:
        orders, net_sales = con.execute(QUESTION).fetchall()[0]
    return f"{orders},{net_sales}"


def environment(name: str, *packages: str) -> Path:
    """Make a Python environment with these packages, once; return its folder of programs."""
    folder = CLIENTS / name
    stamp = folder / f".{'-'.join(packages)}"
    if not stamp.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, "--disable-pip-version-check", *packages], check=True)
        stamp.touch()
    return folder / "bin"


def run(*words: str) -> str:
    """Return what a program prints, run where a reader of the guide would run it."""
    done = subprocess.run(words, cwd=CHECKOUT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()


def told(*parts: str) -> None:
    """Every version that was tried stands in the guide."""
    assert all(part in GUIDE for part in parts), parts


def test_duckdb_command_line(expected: str) -> None:
    programs = environment("cli", "duckdb-cli==1.5.6")
    told("| DuckDB command line | 1.5.6 | 1.5.6 |")
    command = code("DuckDB command line").removeprefix("duckdb ")
    assert run("sh", "-c", f"{programs / 'duckdb'} {command}") == expected


def test_duckdb_of_the_storage_version(expected: str) -> None:
    programs = environment("duckdb-1.4", "duckdb==1.4.0")
    told("| DuckDB in Python | 1.4.0 | 1.4.0 | yes |")
    assert run(str(programs / "python"), "-c", code("DuckDB in Python")) == expected


def test_duckdb_before_the_storage_version_refuses() -> None:
    programs = environment("duckdb-1.3", "duckdb==1.3.2")
    told("| DuckDB in Python | 1.3.2 | 1.3.2 | **no**")
    done = subprocess.run(
        [str(programs / "python"), "-c", code("DuckDB in Python")],
        cwd=CHECKOUT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode != 0
    assert "we can only read versions between 64 and 66" in done.stderr


def test_sqlalchemy_with_pandas(expected: str) -> None:
    packages = ("duckdb-engine==0.17.0", "sqlalchemy==2.0.51", "pandas==3.1.1", "duckdb==2.0.1")
    programs = environment("sqlalchemy", *packages)
    told("| SQLAlchemy 2.0.51, duckdb-engine 0.17.0, pandas 3.1.1 | 2.0.1 | yes |")
    assert run(str(programs / "python"), "-c", code("SQLAlchemy with pandas")) == expected


def no_registry() -> str:
    """Return why npm cannot be asked; nothing where its registry answers, if only with a no."""
    if not shutil.which("npm") or not shutil.which("node"):
        return "npm or node is not installed"
    words = ["npm", "view", NODE_CLIENT, "version", "--fetch-retries=0", "--fetch-timeout=20000"]
    done = subprocess.run(words, capture_output=True, text=True)
    codes = re.findall(r"^npm \S+ code (\w+)", done.stderr, re.MULTILINE)
    if done.returncode == 0 or _ANSWERS & set(codes):
        return ""
    return f"npm's registry does not answer ({', '.join(codes) or done.returncode})"


def test_node(expected: str) -> None:
    if why := no_registry():
        pytest.skip(f"the Node client did not run: {why}")
    folder = CLIENTS / "node"
    folder.mkdir(parents=True, exist_ok=True)
    npm = ["npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", str(folder)]
    # A registry that answered once may still keep a fetch waiting: its retries last for minutes.
    limits = ["--fetch-retries=0", "--fetch-timeout=20000"]
    subprocess.run([*npm, *limits, NODE_CLIENT], check=True, timeout=180)
    told("| @duckdb/node-api 1.5.6-r.1 | 1.5.6 | yes |")
    # A module looks for its packages beside itself.
    (folder / "guide.mjs").write_text(code("Node"), encoding="utf-8")
    assert run("node", str(folder / "guide.mjs")) == expected


def test_parquet_with_polars(expected: str) -> None:
    programs = environment("polars", "polars==2.1.0")
    told("polars 2.1.0")
    assert run(str(programs / "python"), "-c", code("Parquet with polars")) == expected
