"""Fixtures that several suites share: a small project to land into, and the command line."""

import fcntl
import hashlib
import hmac
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from xdist.scheduler import LoadScopeScheduling

from stayhouse import cli
from tests import lanes
from tests.building import Run

KEY = "a secret of the tests, and of no shop at all"
CHECKOUT = Path(__file__).resolve().parents[1]
_MAIN = sys.modules["__main__"]
# What commands ask of the macros: which columns hold instants and numbers, which vars there are.
_MACROS = (
    *("sources/canonical_columns.sql", "time_pattern.sql", "engine/utc_instant.sql"),
    "setting.sql",
)


def digest(text: str) -> str:
    """The keyed hash of a text, by the standard library alone."""
    key = os.environ["STAYHOUSE_PII_KEY"]
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class Project:
    """A project folder with the alias files of the checkout, and a landing folder."""

    root: Path
    landing: Path

    def file(self, name: str, content: bytes | str) -> Path:
        """Write an input file and return its path."""
        path = self.root / "input" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def batch(self, source: str, table: str, number: int = 1) -> dict[str, Any]:
        """Return what ``_batch.json`` says."""
        text = (self._folder(source, table, number) / "_batch.json").read_text()
        return dict(json.loads(text))

    def rows(self, source: str, table: str, columns: str, number: int = 1) -> list[tuple[Any, ...]]:
        """Return the landed rows of one batch in the file's order."""
        path = self._folder(source, table, number) / "data.parquet"
        with duckdb.connect() as con:
            return con.execute(
                f"select {columns} from read_parquet(?, hive_partitioning = false) "
                "order by landed_row",
                [str(path)],
            ).fetchall()

    def rejects(self, source: str, table: str, number: int = 1) -> list[tuple[str, ...]]:
        """Return the reject file's lines as (line number, reason, line)."""
        path = self._folder(source, table, number) / "rejected_lines.csv"
        if not path.exists():
            return []
        lines = pd.read_csv(path, dtype=str, keep_default_na=False)
        assert list(lines.columns) == ["line_number", "reason", "line"]
        return list(lines.itertuples(index=False, name=None))

    def left(self) -> list[str]:
        """Return every file and folder in the landing folder, hidden ones too, but what every
        landing leaves there.
        """
        found = (str(path.relative_to(self.landing)) for path in self.landing.rglob("*"))
        return sorted(name for name in found if name not in (".gitignore", ".key-mark"))

    def _folder(self, source: str, table: str, number: int) -> Path:
        return self.landing / source / table / f"batch_id={number}"


@pytest.fixture(autouse=True)
def own_main() -> Iterator[None]:
    """Let a page under test take the place of __main__ no longer than its test: processes that are
    started later would run it.
    """
    yield
    sys.modules["__main__"] = _MAIN


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project in a temporary folder; it is the working folder and has a key."""
    shutil.copyfile(CHECKOUT / "dbt_project.yml", tmp_path / "dbt_project.yml")
    (tmp_path / "src" / "stayhouse").mkdir(parents=True)
    macros = (CHECKOUT / "macros" / name for name in _MACROS)
    sheets = CHECKOUT.glob("models/staging/*/aliases.csv")
    formats = CHECKOUT.glob("models/staging/*/format.toml")
    for path in (*macros, *sheets, *formats, CHECKOUT / "seeds" / "event_types.csv"):
        copy = tmp_path / path.relative_to(CHECKOUT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STAYHOUSE_LANDING", str(tmp_path / "landing"))
    monkeypatch.setenv("STAYHOUSE_PII_KEY", KEY)
    monkeypatch.delenv("STAYHOUSE_DB", raising=False)
    return Project(tmp_path, tmp_path / "landing")


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run a command that must be refused; return its one sentence."""

    def run(*argv: object) -> str:
        assert cli.main([str(arg) for arg in argv]) == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err.startswith("stayhouse: ")
        assert captured.err.count("\n") == 1
        return captured.err.strip()

    return run


@pytest.fixture
def done(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run a command that must succeed; return what it printed."""

    def run(*argv: object) -> str:
        assert cli.main([str(arg) for arg in argv]) == 0
        captured = capsys.readouterr()
        assert captured.err == ""
        return captured.out

    return run


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Run], None]) -> Run:
    """Return a run in a folder that the first process which asks for it fills for all of them."""
    folder = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    run = Run(folder / name)
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (run.folder / ".made").exists():
            run.folder.mkdir(exist_ok=True)
            make(run)
            (run.folder / ".made").touch()
    return run


@pytest.fixture(scope="session")
def parsed(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where dbt parsed the project, once for all processes of a test run; nothing is built.

    With ``--built`` dbt parses what differs from what it parsed for `make build`.
    """

    def parse(run: Run) -> None:
        environment = run.environment()
        cache = CHECKOUT / "target" / "partial_parse.msgpack"
        if pytestconfig.getoption("built") and cache.exists():
            run.target.mkdir()
            shutil.copyfile(cache, run.target / cache.name)
            # dbt drops its cache for another warehouse file.
            del environment["STAYHOUSE_DB"]
        words = run.command("parse")
        done = subprocess.run(
            words, cwd=run.project, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]

    return once(tmp_path_factory, "parsed", parse).target


@pytest.fixture(scope="session")
def warehouse(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The sample shop, built once for all tests, which only read it; its laws passed.

    With ``--built`` it is a copy of what `make build` made.
    """

    def build(run: Run) -> None:
        if not pytestconfig.getoption("built"):
            run.build()
            return
        database = CHECKOUT / "warehouse" / "stayhouse.duckdb"
        assert database.exists(), "nothing is built: run `make build` first"
        shutil.copyfile(database, run.database)
        shutil.copytree(CHECKOUT / "target", run.target)

    return once(tmp_path_factory, "warehouse", build)


@pytest.fixture(scope="session")
def staged(tmp_path_factory: pytest.TempPathFactory, warehouse: Run, parsed: Path) -> Run:
    """The sample's warehouse with the staging of what has not landed too, which its build omits."""

    def stage(run: Run) -> None:
        shutil.copyfile(warehouse.database, run.database)
        done = Run(run.folder, parsed=parsed).dbt("run", "--select", "staging")
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
        with duckdb.connect(str(run.database)) as con:
            con.execute("checkpoint")  # into the file, which tests copy

    return once(tmp_path_factory, "staged", stage)


# Holds the plan of a lane as JSON, for the processes that run its tests.
LANE = "TEST_LANE"
# What builds whole shops that are not the sample, or copies of the project with something more in
# them, and tests how the planted shop is made: `make shops` runs it, and `make test` what is of its
# lane.
SHOPS = (
    *("tests/truth/", "tests/real/", "tests/unit/test_shop_", "tests/integration/test_erasure"),
    *("tests/integration/test_foreign_shop.py", "tests/integration/test_people.py"),
    *("tests/integration/test_shopify.py", "tests/integration/test_woocommerce.py"),
    "tests/integration/test_plan_beside_a_platform.py",
    *("tests/integration/test_twilio_segment.py", "tests/integration/test_settings.py"),
    *("tests/integration/test_backfill.py", "tests/integration/test_landing_paths.py"),
    *("tests/integration/test_money.py", "tests/integration/test_state.py"),
    "tests/integration/test_changed_visitors.py",
    *("tests/integration/test_analyst.py", "tests/integration/test_new_feature.py"),
    *("tests/integration/test_point_in_time.py", "tests/integration/test_trackers.py"),
    "tests/integration/test_twenty_mistakes.py",
    *("tests/integration/test_new_source.py", "tests/integration/test_package.py"),
    "tests/integration/test_reads.py",
    "tests/integration/test_experiments.py",
    "tests/integration/test_nightly.py",
)
# Fixtures of several files that each process would make for itself, by how a test asks for them.
_SHARED = {
    "shop": re.compile(r"\(shop: Shop|, shop: Shop"),
    "site": re.compile(r"site: Site"),
    "house": re.compile(r"house: House"),
}
_READS_SAMPLE = re.compile(r"(warehouse|staged): Run|site: Site")
# What takes longest starts first, so that no process ends on it alone.
_SLOW_FIRST = ("shop", "tests/truth", "tests/real", "tests/integration", "site")
# What the tests of the app in a browser need beside the environment of requirements.lock.
NO_BROWSER = [
    *(
        []
        if shutil.which("chromium-headless-shell")
        else ["a browser (apt-get install chromium-headless-shell)"]
    ),
    *(
        []
        if importlib.util.find_spec("playwright")
        else ["playwright (pip install -r requirements-browser.lock)"]
    ),
]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let several runs of tests read one build."""
    parser.addoption(
        "--built", action="store_true", help="read what `make build` made; build no sample"
    )
    parser.addoption(
        "--part",
        choices=("everyday", "shops"),
        help="everyday: without whole builds of other shops and without a browser; shops: those",
    )
    parser.addoption("--room", help="only the tests that the models of a room can move")
    parser.addoption("--changed", help="only the tests that what changed since a commit can move")


def pytest_configure(config: pytest.Config) -> None:
    """Find the lane once, in the process that hands out the tests: the others inherit it."""
    room, commit = config.getoption("room"), config.getoption("changed")
    if not (room or commit) or "PYTEST_XDIST_WORKER" in os.environ:
        return
    try:
        os.environ[LANE] = json.dumps(lanes.plan(room, commit))
    except ValueError as wrong:
        raise pytest.UsageError(str(wrong)) from wrong


@cache
def lane() -> dict[str, Any] | None:
    """Return the plan of the lane that this run takes; None: it takes all tests."""
    return json.loads(os.environ[LANE]) if LANE in os.environ else None


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say what is left out: for want of a browser, as another part, and beside the lane."""
    missing = " and ".join(NO_BROWSER)
    lines = [f"tests/app is left out: there is no {missing}"] if missing else []
    if config.getoption("part") == "everyday":
        lines = ["left out: builds of other shops (make shops) and the browser (pytest tests/app)"]
    return lines + (plan["header"] if (plan := lane()) else [])


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out the tests in a browser where there is none, other parts, and what is no lane's."""
    path = collection_path.resolve().relative_to(CHECKOUT).as_posix()
    part = config.getoption("part")
    if (NO_BROWSER or part) and path.startswith("tests/app"):
        return True
    if not (collection_path.name.startswith("test_") and collection_path.suffix == ".py"):
        return None
    is_other = part is not None and path.startswith(SHOPS) != (part == "shops")
    plan = lane()
    return True if is_other or (plan and path in plan["left_out"]) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let one that reads the sample, and so builds it, start first, and beside it those that do not
    wait for it; of both the longest first.
    """
    builds = next((file for item in items if _reads_sample(file := _file(item))), None)

    def rank(item: pytest.Item) -> tuple[bool, bool, int]:
        slow = [_group(item.nodeid).startswith(start) for start in _SLOW_FIRST]
        place = slow.index(True) if any(slow) else len(slow)
        return _file(item) != builds, _reads_sample(_file(item)), place

    items.sort(key=rank)


def _file(item: pytest.Item) -> str:
    return item.nodeid.split("::")[0]


@cache
def _reads_sample(path: str) -> bool:
    return _READS_SAMPLE.search((CHECKOUT / path).read_text(encoding="utf-8")) is not None


@cache
def _group_of_file(path: str) -> str:
    text = (CHECKOUT / path).read_text(encoding="utf-8")
    return next((name for name, asks in _SHARED.items() if asks.search(text)), path)


def _group(nodeid: str) -> str:
    """Return the fixture that a test shares with those of other files, else its file."""
    return _group_of_file(nodeid.split("::")[0])


class ByFixture(LoadScopeScheduling):  # type: ignore[misc]
    """Keep the tests of a file in one process, and files that share what each process makes.

    The groups that pytest-xdist 3.8 knows by marks are lost under pytest 9.
    """

    def _split_scope(self, nodeid: str) -> str:
        return _group(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Say which process a test goes to, where there are several."""
    return ByFixture(config, log)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where the real data is at hand nothing may skip: a skipped check is a missing check."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if skipped and os.environ.get("STAYHOUSE_REAL_DATA"):
        reporter.write_line(f"{len(skipped)} tests skipped although STAYHOUSE_REAL_DATA is set")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
