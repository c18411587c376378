"""Publications under harm and under readers' eyes: killed at every step, read without a pause."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb

from tests.building import CHECKOUT, FINISHED

# A process that holds no thread forks a child for every step: the child publishes, and kills itself
# just before its n-th call out of Python (a statement of DuckDB, a rename, a flush, a link, ...).
HARNESS = r"""
import json, os, shutil, signal, sys
from pathlib import Path
from stayhouse.publishing import publish as publishing
from stayhouse.base.artifacts import Mart
from stayhouse.base.content import content
import duckdb

root, versions_before, stride = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
MARTS = [Mart("core", "a", ("id",), ("id", "build")), Mart("other", "b", ("id",), ("id", "build"))]
STEPS = {"execute", "fsync", "rename", "replace", "symlink", "unlink", "rmdir", "mkdir", "open",
         "flock", "close", "write", "write_text", "connect", "readlink", "__exit__"}

def in_child(work):
    # Run something in a child; return how it ended: a signal (negative) or an exit code.
    child = os.fork()
    if not child:
        code = 1
        try:
            code = work()
        finally:
            sys.stderr.flush()
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

def publish(published, build, kill_at=None):
    def work():
        seen = [0]
        def count(frame, event, called):
            if event == "c_call" and called.__name__ in STEPS:
                if seen[0] == kill_at:
                    os.kill(os.getpid(), signal.SIGKILL)
                seen[0] += 1
        if kill_at is not None:
            sys.setprofile(count)
        publishing.publish(root / f"warehouse_{build}.duckdb", MARTS, published)
        sys.setprofile(None)
        return 0
    return in_child(work)

def whole(published, expected):
    # Every version under a number is whole, and readers are led to the expected build.
    def work():
        for folder in (published / "versions").iterdir():
            if not folder.name.isdecimal():
                continue
            told = json.loads((folder / "contents.json").read_text())
            builds = set()
            with duckdb.connect(str(folder / "stayhouse.duckdb"), read_only=True) as con:
                for mart in MARTS:
                    parquet = folder / "parquet" / mart.room / f"{mart.name}.parquet"
                    for relation in (f"{mart.room}.{mart.name}", f"'{parquet}'"):
                        held = content(con, relation, mart.columns)
                        assert vars(held).items() <= told[f"{mart.room}.{mart.name}"].items()
                        rows = con.execute(f"select distinct build from {relation}")
                        builds |= set(rows.fetchall())
            assert len(builds) == 1, (folder, builds)
        with duckdb.connect(str(published / "stayhouse.duckdb"), read_only=True) as con:
            assert con.execute("select distinct build from core.a").fetchall()[0][0] in expected
        with duckdb.connect() as con:
            path = published / "parquet" / "other" / "b.parquet"
            rows = con.execute(f"select distinct build from '{path}'").fetchall()
            assert rows[0][0] in expected
        return 0
    assert in_child(work) == 0

def bytes_of(published):
    folder = (published / "current").resolve()
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}

def state(published):
    # Names, links and sizes: what two kills left alike needs to heal once.
    return frozenset(
        (str(p.relative_to(published)), str(p.readlink()) if p.is_symlink() else p.lstat().st_size)
        for p in published.rglob("*") if p.is_symlink() or p.is_file()
    ) | frozenset(str(p.relative_to(published)) for p in published.rglob("*") if p.is_dir())

start = root / "start"
for _ in range(versions_before):
    assert publish(start, 1) == 0
old = bytes_of(start) if versions_before else None
step = kills = swapped = 0
states = set()
while True:
    published = root / "published"
    shutil.rmtree(published, ignore_errors=True)
    if versions_before:
        shutil.copytree(start, published, symlinks=True)
    code = publish(published, 2, kill_at=step)
    if code == 0:
        break
    assert code == -signal.SIGKILL, (step, code)
    if stride > 1 and (published / "versions" / str(versions_before + 1)).exists():
        # The version has its number: from here, and from before here, step by step.
        step, stride = step - stride + 1, 1
        continue
    step, kills = step + stride, kills + 1
    has_swapped = False
    if versions_before:
        has_swapped = (published / "current").readlink().name != str(versions_before)
        swapped += has_swapped
        if not has_swapped:
            assert bytes_of(published) == old, step
    left = state(published) if published.exists() else frozenset()
    if left in states:
        continue
    states.add(left)
    if versions_before:
        whole(published, {2} if has_swapped else {1})
    # The next publication is as if nothing had been.
    assert publish(published, 2) == 0, step
    whole(published, {2})
    kept = sorted(p.name for p in (published / "versions").iterdir())
    assert len(kept) <= 3 and all(name.isdecimal() for name in kept), (step, kept)
    assert kept[-1] == (published / "current").readlink().name
    assert sorted(p.name for p in published.iterdir()) == [
        "current", "parquet", "stayhouse.duckdb", "versions"], step
print(json.dumps({"kills": kills, "after_the_swap": swapped, "states": len(states)}))
"""


def killed(folder: Path, versions_before: int, stride: int) -> dict[str, int]:
    """Kill publications of two marts at every step, or every stride-th; return what was counted."""
    for build in (1, 2):
        with duckdb.connect(str(folder / f"warehouse_{build}.duckdb")) as con:
            for mart in ("core.a", "other.b"):
                con.execute(f"create schema if not exists {mart.split('.')[0]}")
                con.execute(
                    f"create table {mart} as select i as id, {build} as build from range(100) t(i)"
                )
            con.execute(FINISHED)
    done = subprocess.run(
        [sys.executable, "-c", HARNESS, str(folder), str(versions_before), str(stride)],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    counts: dict[str, int] = json.loads(done.stdout)
    print(f"killed at {counts['kills']} steps ({counts['after_the_swap']} of them after the swap)")
    return counts


# Reads so often, and until it is told to stop: the two marts of one connection must be of one build
# and have the rows that this build is known to have. Parquet is read behind the link, as docs/bi.md
# says. Now and then a reader takes its time between the two.
READER = r"""
import json, os, sys, time, duckdb
database, parquet, stop, least = sys.argv[1:]
reads = torn = failed = 0
builds, errors = set(), []
print("ready", flush=True)
while reads < int(least) or not os.path.exists(stop):
    try:
        if reads % 10:
            con, marts = duckdb.connect(database, read_only=True), ("core.people", "sales.orders")
        else:
            folder = os.path.realpath(parquet)
            con = duckdb.connect()
            marts = [f"'{folder}/{mart}.parquet'" for mart in ("core/people", "sales/orders")]
        found = []
        with con:
            for mart in marts:
                query = f"select count(*), min(build), max(build) from {mart}"
                found += con.execute(query).fetchall()
                time.sleep(0.3 if reads % 50 == 0 else 0.002)
        (people, low, high), orders = found
        torn += not (low == high and people == 1000 + low and orders == (3 * people, low, high))
        builds.add(low)
    except Exception as error:
        failed += 1
        errors.append(str(error))
    reads += 1
print(json.dumps({"reads": reads, "torn": torn, "failed": failed, "builds": len(builds),
                  "errors": errors[:3]}))
"""
_PROJECT = {
    "dbt_project.yml": f"""\
name: tiny
profile: tiny
model-paths: [models]
on-run-end: >
  {FINISHED.strip()}
models: {{tiny: {{+access: public, +materialized: table, +contract: {{enforced: true}},
  core: {{+schema: core}}, sales: {{+schema: sales}}}}}}
""",
    "profiles.yml": """\
tiny: {target: t, outputs: {t: {type: duckdb, path: warehouse/stayhouse.duckdb}}}
""",
    "macros/generate_schema_name.sql": """\
{% macro generate_schema_name(name, node) %}{{ name or 'main' }}{% endmacro %}
""",
    # A hash does not compress: many of them take their time to be written.
    "models/core/people.sql": """\
select i as person_id, cast({{ var('build') }} as bigint) as build, hash(i) as seal
from range({{ var('people') + var('build') }}) as t(i)
""",
    "models/sales/orders.sql": """\
select 3 * p.person_id + i as order_id, p.build, hash(p.seal, i) as seal
from {{ ref('people') }} as p, range(3) as t(i)
""",
    "models/models.yml": """\
models:
  - name: people
    columns: [{name: person_id, data_type: bigint}, {name: build, data_type: bigint},
      {name: seal, data_type: ubigint}]
  - name: orders
    columns: [{name: order_id, data_type: bigint}, {name: build, data_type: bigint},
      {name: seal, data_type: ubigint}]
""",
    "src/stayhouse/empty": "",
    "warehouse/empty": "",
}


class TinyShop:
    """A dbt project of two marts in a folder of its own; dbt and publishing run as processes."""

    def __init__(self, folder: Path) -> None:
        for name, text in _PROJECT.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("STAYHOUSE_", "DBT_"))}
        self.folder = folder
        self.published = folder / "published"
        self.environment = {**kept, "PYTHONPATH": str(CHECKOUT / "src")}

    def build(self, number: int, people: int = 1000) -> None:
        """Build with so many people and one more for each build before; three orders for each."""
        build = f"{{build: {number}, people: {people}}}"
        dbt = "from dbt.cli.main import cli; cli()"
        self._done(self._start("-c", dbt, "build", "--vars", build, "--profiles-dir", "."))

    def publish(self) -> None:
        """Run ``stayhouse publish`` to its good end."""
        self._done(self.publishing())

    def publishing(self) -> "subprocess.Popen[str]":
        """Start ``stayhouse publish``."""
        return self._start("-m", "stayhouse.cli", "publish")

    def _start(self, *words: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, *words], cwd=self.folder, env=self.environment,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip

    @staticmethod
    def _done(process: "subprocess.Popen[str]") -> None:
        told = process.communicate()[0]
        assert process.returncode == 0, told


def read_while_building(folder: Path, reads: int, builds: int) -> dict[str, int]:
    """Build and publish a shop of two marts while two others read it at least so often together.

    Every build is dbt's, in a process of its own; every second one is published three times, so
    that versions go as fast as they ever may. Return what was counted.
    """
    shop = TinyShop(folder)

    def build_and_publish(number: int) -> int:
        shop.build(number)
        times = 3 if number % 2 else 1
        for _ in range(times):
            shop.publish()
        return times

    build_and_publish(0)
    publications = 0
    stop, published = folder / "stop", shop.published
    words = [
        *(sys.executable, "-c", READER, str(published / "stayhouse.duckdb")),
        *(str(published / "parquet"), str(stop), str(reads // 2)),
    ]
    readers = [subprocess.Popen(words, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    try:
        for reader in readers:
            assert reader.stdout is not None
            assert reader.stdout.readline() == "ready\n"
        publications = sum(build_and_publish(number) for number in range(1, builds + 1))
    finally:
        stop.touch()
        told = [json.loads(reader.communicate()[0]) for reader in readers]
    counts = {name: sum(one[name] for one in told) for name in ("reads", "torn", "failed")} | {
        "builds_seen": max(one["builds"] for one in told),
        "publications": publications,
    }
    print(
        f"{counts['reads']:,} reads by 2 processes during {builds} builds and {publications} "
        f"publications: {counts['failed']} failed, {counts['torn']} torn"
    )
    assert counts["failed"] == 0, [one["errors"] for one in told]
    return counts


def node(
    room: str, name: str, *columns: str, access: str = "public", contract: bool = True
) -> dict[str, Any]:
    """A model as dbt's manifest tells it."""
    return {
        "resource_type": "model",
        "schema": room,
        "alias": name,
        "fqn": ["stayhouse", room, name],
        "columns": {column: {"name": column} for column in columns},
        "config": {"access": access, "contract": {"enforced": contract}},
    }


def grain(model: str, columns: list[str]) -> dict[str, Any]:
    """The test of a model's key as dbt's manifest tells it."""
    return {
        "resource_type": "test",
        "attached_node": model,
        "test_metadata": {"name": "grain", "kwargs": {"columns": columns}},
    }
