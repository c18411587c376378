"""Each row lands once, whatever breaks off, and wherever a batch ends."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from dlt.pipeline.pipeline import Pipeline

from stayhouse.base.errors import StayhouseError
from stayhouse.pulling import pull as pulling
from stayhouse.pulling.database import Database
from tests.conftest import Project
from tests.pull.cluster import Cluster
from tests.pull.shop import ORDERS, PLAN, VARIABLE, fill, landed, plan

Run = Callable[..., str]


# What a user calls. Started by `python -m`, a Python that was interrupted within exec(), as dlt
# calls it, dies of the signal at its end, whatever main() has returned (Py_RunMain of CPython).
STAYHOUSE = Path(sys.executable).with_name("stayhouse")


def started(project: Project) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [STAYHOUSE, "pull", "shop"], cwd=project.root, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        # What a shell began in the background ignores Ctrl-C, and so do its children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip


def seen(process: subprocess.Popen[str], words: str) -> None:
    """Wait until a pull has said so."""
    assert process.stdout is not None
    assert any(words in line for line in process.stdout), process.communicate()


def test_a_million_rows_land_once_whatever_breaks_off(
    postgres: Cluster, project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    count = 1_000_000
    postgres.sql(ORDERS)
    # Seven rows of each instant, so that hardly a chunk ends between two of them by itself.
    fill(postgres, count, "timestamptz '2024-03-01' + (n / 7) * interval '1 second'")
    postgres.sql("create index on orders (updated_at)")
    plan(project, PLAN.format(rows=125_000))
    began = time.monotonic()

    killed = started(project)
    seen(killed, "orders: 250,0")
    time.sleep(0.3)  # in the middle of the third chunk
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    after_kill = landed(project, "count(*)")[0][0]
    assert 250_000 <= after_kill < count

    interrupted = started(project)
    seen(interrupted, "orders: 125,0")
    interrupted.send_signal(signal.SIGINT)
    _, said = interrupted.communicate()
    assert (interrupted.returncode, said) == (
        2,
        "stayhouse: Interrupted: what has landed stays; run the command again, and it goes on from "
        "there.\n",
    )

    dropped = started(project)
    seen(dropped, "orders: 125,0")
    # Whatever it asks is broken off, until it gives up.
    while dropped.poll() is None:
        postgres.sql(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where usename = 'reader' and state = 'active'"
        )
    _, said = dropped.communicate()
    assert dropped.returncode == 2
    assert said.startswith("stayhouse: The connection to the database broke off (")
    assert said.endswith("run the command again, and it goes on from there.\n")
    assert said.count("\n") == 1
    assert landed(project, "count(*)")[0][0] < count

    last = started(project)
    out, said = last.communicate()
    assert (last.returncode, said) == (0, "")
    assert "rows landed, 0 lines rejected" in out
    seconds = time.monotonic() - began
    with capsys.disabled():
        print(
            f"\n{count:,} rows in {seconds:.1f} s, {after_kill:,} of them before the kill: "
            f"{count / seconds:,.0f} rows a second with three breaks"
        )
    same = "count(*), count(distinct order_id), sum(order_id::bigint), max(updated_at), "
    same += "min(ordered_at), count(distinct updated_at)"
    there = postgres.sql(
        "select count(*), count(distinct order_id), sum(order_id), "
        "max(updated_at)::text, min(ordered_at)::text, count(distinct updated_at) from orders"
    )
    assert there[0][:3] == (count, count, count * (count + 1) // 2)
    assert [tuple(map(str, row)) for row in landed(project, same)] == [
        tuple(map(str, row)) for row in there
    ]

    # And the next night: a thousand orders have changed.
    postgres.sql(
        "update orders set status = 'shipped', updated_at = now() where order_id % 1000 = 0"
    )
    out, said = started(project).communicate()
    assert "1,000 rows landed" in out
    changed = "count(*) filter (status = 'shipped'), count(*)"
    assert landed(project, changed) == [(1000, count + 1000)]
    # By the rule of staging, the version with the latest updated_at.
    latest = "arg_max(status, updated_at), count(*)"
    assert landed(project, f"{latest} filter (order_id = '5000')") == [("shipped", 2)]


def test_a_database_that_does_not_let_in_again_broke_off(postgres: Cluster) -> None:
    """One that was never reached is told otherwise: nothing has landed, and the URL is at fault."""
    database = Database(postgres.url(), VARIABLE)
    database.now()
    # The next one is a new connection.
    database.engine.dispose()
    postgres.sql("alter role reader connection limit 0")
    try:
        with pytest.raises(StayhouseError) as again:
            database.now()
        with pytest.raises(StayhouseError) as never:
            Database(postgres.url(), VARIABLE).now()
    finally:
        postgres.sql("alter role reader connection limit -1")
    assert str(again.value).startswith("The connection to the database broke off (")
    assert "run the command again, and it goes on from there." in str(again.value)
    assert str(never.value).startswith("The database refuses the user or the password")
    database.now()


def test_more_rows_of_one_instant_than_a_chunk_holds(
    postgres: Cluster, project: Project, done: Run
) -> None:
    postgres.sql(ORDERS)
    fill(postgres, 350, "timestamptz '2024-03-02'")
    fill(postgres, 120, "timestamptz '2024-03-01'", first=1001)
    fill(postgres, 50, "timestamptz '2024-03-03'", first=2001)
    plan(project)
    out = done("pull", "shop")
    assert "shop.orders: 520 of 520 rows" in out
    assert landed(project, "count(*), count(distinct order_id)") == [(520, 520)]
    assert done("pull", "shop") == "shop.orders: nothing new\n"
    # The very last instant again: a row that came late, and one that was changed within it.
    fill(postgres, 1, "timestamptz '2024-03-03'", first=3000)
    postgres.sql("update orders set status = 'cancelled' where order_id = 2007")
    assert "2 rows landed" in done("pull", "shop")
    assert landed(project, "count(*) filter (order_id = '3000')") == [(1,)]
    versions = "string_agg(status, ' ' order by status desc) filter (order_id = '2007'), count(*)"
    assert landed(project, versions) == [("placed cancelled", 522)]
    assert done("pull", "shop") == "shop.orders: nothing new\n"


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("date", ("2024-03-01", "2024-03-02", "2024-03-03")),
        ("timestamp", ("2024-03-01 23:00:00.000001", "2024-03-02 01:00:00", "2024-04-01 00:00:00")),
        ("smallint", ("-5", "7", "8")),
    ],
)
def test_a_cursor_of_each_kind_goes_on(
    postgres: Cluster, project: Project, done: Run, kind: str, values: tuple[str, str, str]
) -> None:
    first, last, later = values
    # A view is a table too. The server's own time zone is New York's.
    postgres.sql(
        f"create table raw (order_id int, moved {kind}); "
        "create view orders as select *, '2024-01-01' as ordered_at, 'paid' as status, 'EUR' as "
        f"currency from raw; insert into raw values (1, '{first}'), (2, '{last}'), (3, '{last}')"
    )
    sheet = project.root / "models" / "staging" / "shop" / "aliases.csv"
    sheet.write_text(sheet.read_text() + "orders,moved,coupon_code,no,\n")
    plan(project, PLAN.format(rows=2).replace("updated_at", "moved"))
    assert "3 of 3 rows" in done("pull", "shop")
    assert done("pull", "shop") == "shop.orders: nothing new\n"
    postgres.sql(f"insert into raw values (4, '{last}'), (5, '{later}')")
    done("pull", "shop")
    assert landed(project, "order_id, coupon_code") == [
        ("1", first), ("2", last), ("3", last), ("4", last), ("5", later),
    ]  # fmt: skip


def test_a_kill_between_the_package_and_the_state_repeats_nothing(
    postgres: Cluster, project: Project, done: Run, refused: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgres.sql(ORDERS)
    fill(postgres, 30, "timestamptz '2024-03-02'")
    plan(project)
    done("pull", "shop")
    state = project.landing / ".pull-shop" / "pipeline" / "shop" / "state.json"
    before = state.read_bytes()
    fill(postgres, 20, "timestamptz '2024-03-03'", first=101)

    def killed(*_args: Any, **_more: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Pipeline, "normalize", killed)
        assert refused("pull", "shop").startswith("stayhouse: Interrupted")
    assert state.read_bytes() != before
    state.write_bytes(before)
    left = project.landing / ".pull-shop" / "pipeline" / "shop" / "load" / "loaded" / "raw.parquet"
    left.touch()
    assert "20 rows landed" in done("pull", "shop")
    assert not left.exists()
    assert landed(project, "count(*)") == [(50,)]
    assert done("pull", "shop") == "shop.orders: nothing new\n"


@pytest.mark.parametrize("begun", [False, True])
def test_a_kill_between_a_package_and_the_end_of_what_it_was_made_of_repeats_nothing(
    postgres: Cluster, project: Project, done: Run, refused: Run, monkeypatch: pytest.MonkeyPatch,
    begun: bool,
) -> None:  # fmt: skip
    """dlt has made a package, and not let go of its source: by itself it stumbles over its own."""
    postgres.sql(ORDERS)
    fill(postgres, 30, "timestamptz '2024-03-02'")
    plan(project)
    working = project.landing / ".pull-shop" / "pipeline" / "shop"
    kept = project.root / "kept"
    normalize = Pipeline.normalize

    def killed(pipeline: Pipeline, *args: Any, **more: Any) -> None:
        shutil.copytree(working / "normalize" / "extracted", kept)
        normalize(pipeline, *args, **more)
        shutil.copytree(kept, working / "normalize" / "extracted", dirs_exist_ok=True)
        if begun:
            (package,) = (working / "load" / "normalized").iterdir()
            shutil.copytree(package, working / "load" / "new" / package.name)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Pipeline, "normalize", killed)
        assert refused("pull", "shop").startswith("stayhouse: Interrupted")
    assert "30 rows landed" in done("pull", "shop")
    assert landed(project, "count(*)") == [(30,)]
    assert done("pull", "shop") == "shop.orders: nothing new\n"


def test_what_was_pulled_and_taken_back_comes_again_from_the_beginning(
    postgres: Cluster, project: Project, done: Run
) -> None:
    postgres.sql(ORDERS)
    plan(project)
    for day in (2, 3):
        fill(postgres, 20, f"timestamptz '2024-03-0{day}'", first=100 * day)
        done("pull", "shop")
    said = done("unland", "shop", "--batch", "1")
    assert f"remove {project.landing / '.pull-shop'} and run 'stayhouse pull shop'" in said
    assert done("pull", "shop") == "shop.orders: nothing new\n"
    shutil.rmtree(project.landing / ".pull-shop")
    done("pull", "shop")
    assert landed(project, "count(distinct order_id)") == [(40,)]


def test_a_kill_between_landing_and_forgetting_repeats_nothing(
    postgres: Cluster, project: Project, done: Run, refused: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgres.sql(ORDERS)
    fill(postgres, 30, "timestamptz '2024-03-02'")
    plan(project)

    def killed(*args: Any, **more: Any) -> Any:
        land(*args, **more)
        raise KeyboardInterrupt

    land = pulling.land
    monkeypatch.setattr(pulling, "land", killed)
    assert refused("pull", "shop").startswith("stayhouse: Interrupted")
    monkeypatch.setattr(pulling, "land", land)
    assert done("pull", "shop") == "shop.orders: nothing new\n"
    assert landed(project, "count(*)") == [(30,)]
