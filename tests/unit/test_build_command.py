"""`stayhouse build`: what a person sees of a build, and how it ends. dbt is a script here."""

import json
import os
import re
import shutil
import subprocess
import sys

import duckdb
import pytest

from stayhouse import cli
from stayhouse.base import dbt_run
from stayhouse.commands import build
from stayhouse.reports.fits import Fits
from tests.building import CHECKOUT, FINISHED

DBT = """
import json, pathlib, sys
folder = pathlib.Path({folder!r})
(folder / "words").write_text(json.dumps(sys.argv[1:]))
for line in json.loads((folder / "says").read_text()):
    print(line if isinstance(line, str) else json.dumps(line), flush=True)
print("a line of a model's own", file=sys.stderr)
sys.exit({code})
"""
MANIFEST = {
    "nodes": {
        "model.stayhouse.products": {
            "resource_type": "model",
            "schema": "core",
            "alias": "products",
            "fqn": ["stayhouse", "core", "products"],
            "columns": {"product_id": {"name": "product_id"}},
            "config": {"access": "public", "contract": {"enforced": True}},
        },
        "test.stayhouse.law": {
            "resource_type": "test",
            "name": "law",
            "original_file_path": "tests/laws/law.sql",
            "raw_code": "-- Nobody is two people.\nselect 1",
        },
    },
    "unit_tests": {},
}


def event(name, level="info", msg="", **data):
    return {"info": {"name": name, "level": level, "msg": msg}, "data": data}


def steps(count, failed=()):
    return [
        event("LogTestResult", "error" if i in failed else "info", index=i + 1, total=count)
        for i in range(count)
    ]


@pytest.fixture
def run(project, monkeypatch, capfd):
    """Build with a dbt that says what it is told to; return exit code, stdout and stderr."""

    def told(*says, code=0, status="success", words=()):
        (project.root / "says").write_text(json.dumps(says))
        script = project.root / "dbt.py"
        script.write_text(DBT.format(folder=str(project.root), code=code))
        monkeypatch.setattr(dbt_run, "DBT", (sys.executable, str(script)))
        target = project.root / "target"
        target.mkdir(exist_ok=True)
        (target / "manifest.json").write_text(json.dumps(MANIFEST))
        results = [
            {"unique_id": "model.stayhouse.products", "status": status, "message": "no x"},
            {"unique_id": "test.stayhouse.law", "status": "warn", "failures": 2, "message": ""},
        ]
        results = [{**result, "execution_time": 3.0} for result in results]
        metadata = {"generated_at": "2026-01-01T00:00:00Z"}
        (target / "run_results.json").write_text(
            json.dumps({"metadata": metadata, "args": {"which": "build"}, "results": results})
        )
        (project.root / "warehouse").mkdir(exist_ok=True)
        with duckdb.connect(str(project.root / "warehouse" / "stayhouse.duckdb")) as con:
            con.execute("create schema if not exists core")
            con.execute("create or replace table core.products as select 1 as product_id")
            con.execute(FINISHED)
        ended = cli.main(["build", *words])
        return ended, *capfd.readouterr()

    return told


def words_of_dbt(project):
    return json.loads((project.root / "words").read_text())


def test_progress_warnings_publication_and_the_next_step(run, project):
    code, out, err = run(
        event("ConcurrencyLine", node_count=40),
        event("LogHookEndLine", index=1, total=1),
        event("LogStartLine", index=1, total=40),
        *steps(40),
        event("SomeDeprecation", "warn", "[WARNING]: Deprecated\n  a key of the YAML"),
        event("SomeDeprecation", "warn", "[WARNING]: Deprecated\n  a key of the YAML"),
        "Traceback (most recent call last):",
    )
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].startswith(f"Building what landed in {project.landing} and testing it")
    # Every tenth, and the end; each with what is done of what is known, and the time.
    shown = [line.split(" steps")[0].strip() for line in lines if " steps (" in line]
    assert shown == [f"{4 * i} of 40" for i in range(1, 11)]
    assert "  20 of 40 steps (50 %), 0:0" in out
    assert out.count("dbt warns: [WARNING]: Deprecated a key of the YAML\n") == 1
    # What the build warns of stands before what was published, and that before any figure.
    places = [out.index(text) for text in (
        "dbt warns:", "Look at this first\n  law warns of 2 rows: Nobody is two people.",
        "published version 1: 1 marts, 1 rows", "What arrived",
    )]  # fmt: skip
    assert places == sorted(places)
    assert lines[-1] == "Look at it: make app"
    assert "core.products 3.0 s (50 %)" in next(line for line in lines if "dearest" in line)
    log = (project.root / "logs" / "build.log").read_text()
    assert log.splitlines() == ["Traceback (most recent call last):", "a line of a model's own"]


def test_builds_leave_unit_tests_out_and_say_what_they_build(run, project, monkeypatch):
    (project.landing / "shop" / "orders" / "batch_id=1").mkdir(parents=True)
    (project.landing / "snowplow" / "events").mkdir(parents=True)
    run(*steps(1), words=("--no-publish", "--", "--full-refresh"))
    words = words_of_dbt(project)
    idle = sorted(path.name for path in (project.root / "models" / "staging").iterdir())
    idle.remove("shop")
    assert words[words.index("build") :] == [
        "build", "--full-refresh", "--target-path", str(project.root / "target"),
        "--exclude-resource-type", "unit_test",
        *(word for name in idle for word in ("--exclude", f"path:models/staging/{name}")),
    ]  # fmt: skip
    assert "path:models/staging/snowplow" in words
    monkeypatch.delenv("STAYHOUSE_LANDING")
    _, out, _ = run(*steps(1), words=("--no-publish",))
    assert "unit_test" in words_of_dbt(project)
    assert out.startswith("Building the sample, an invented shop, and testing it;")
    # What it warns of and what arrived are told all the same.
    assert out.index("Look at this first\n  law warns of 2 rows") < out.index("What arrived")
    assert "every mart; nothing was published" in out
    assert not (project.root / "published").exists()


def test_a_failed_build_is_explained_and_publishes_nothing(run, project):
    code, out, _ = run(*steps(10, failed=(3,)), code=1, status="error")
    assert code == 1
    assert re.search(r"^  10 of 10 steps \(100 %\), \d:\d\d, 1 failed$", out, re.MULTILINE)
    assert "model products could not be built" in out
    assert out.endswith("Nothing was published: readers keep what was published before.\n")
    assert not (project.root / "published").exists()


def test_what_stops_dbt_before_it_runs_is_one_sentence(run, project):
    stopped = (
        "Compilation Error in model clock (models/core/events/clock.sql)\n  Var 'as_of' is 'x': "
        "it must be a date.\n  \n  > in macro setting (macros/setting.sql)\n"
        "  > called by model clock"
    )
    said = event("MainEncounteredError", "error", f"Encountered an error:\n{stopped}", exc=stopped)
    code, out, err = run(said, code=2)
    assert (code, err) == (2, "stayhouse: Var 'as_of' is 'x': it must be a date.\n")
    assert len(out.splitlines()) == 1
    # An error of dbt's own keeps its words.
    _, _, err = run(
        event("MainEncounteredError", "error", "", exc="Parsing Error\n  in x.yml"), code=2
    )
    assert err == "stayhouse: Parsing Error\n  in x.yml\n"
    # What a build that began meanwhile has taken, with dbt's own traceback after it.
    taken = (
        'IO Error: Could not set lock on file "/w/stayhouse.duckdb": Conflicting lock is held in '
        "/usr/bin/python3.11 (PID 5665) by user ann. See also https://duckdb.org"
    )
    _, _, err = run(
        event("MainEncounteredError", "error", "", exc=taken),
        event("MainStackTrace", "error", f"Traceback:\n  File x\n_duckdb.IOException: {taken}"),
        code=2,
    )
    assert err.count("\n") == 1
    assert "is in use by /usr/bin/python3.11 (process 5665), such as a build" in err
    unmade = 'Traceback:\n_duckdb.IOException: IO Error: Cannot open file "/proc/x": No such file'
    _, _, err = run(event("MainStackTrace", "error", unmade), code=2)
    assert err.count("\n") == 1
    assert "cannot be opened" in err
    # What DuckDB says once in a model and once more of its whole file, which dbt does not survive.
    full = 'IO Error: Could not write file "/w/stayhouse.duckdb": No space left on device'
    _, _, err = run(
        event("MainEncounteredError", "error", "", exc=f"Runtime Error\n  {full}"),
        event("MainStackTrace", "error", f"Traceback:\n_duckdb.FatalException: {full}"),
        code=2,
    )
    assert err == "stayhouse: The disk is full: make room and run it again.\n"
    _, _, err = run(code=2)
    assert f"dbt could not run (its words are in {project.root / 'logs' / 'build.log'})" in err


def test_a_ref_that_dbt_refuses_has_its_remedy(run, project):
    """dbt's words of both, as its 1.11.16 writes them, and then what to do."""
    model(project, "orders")

    def stopped(words):
        return run(event("MainEncounteredError", "error", "", exc=words), code=2)[2]

    unknown = (
        "Compilation Error\n  Model 'model.stayhouse.loyal' (models/retention/loyal.sql) depends "
        "on a node named '{}' which was not found"
    )
    err = stopped(unknown.format("orderz"))
    assert err.splitlines()[-1].startswith(
        "to do: no model or seed is named orderz (did you mean orders?): correct the ref in "
        "models/retention/loyal.sql"
    )
    assert "did you mean" not in stopped(unknown.format("zebra"))
    private = (
        "Parsing Error\n  Node model.stayhouse.loyal attempted to reference node "
        "model.stayhouse.int_orders__measured, which is not allowed because the referenced node is "
        "private to the 'features' group."
    )
    err = stopped(private)
    assert err.startswith(f"stayhouse: {private}\nto do: int_orders__measured is for the models of")
    assert "let loyal read a public mart" in err
    # What was renamed: a law that reads the old name, the YAML beside the SQL, a unit test of it.
    for words, sentence in (
        (
            "Compilation Error\n  [WARNING]: Test 'test.stayhouse.law' (tests/laws/law.sql) "
            "depends on a node named 'order' in package '' which was not found",
            "correct the ref in tests/laws/law.sql",
        ),
        (
            "Compilation Error\n  [WARNING]: Did not find matching node for patch with name "
            "'order' in the 'models' section of file 'models/core/money/orders.yml'",
            "models/core/money/orders.yml tells of a model order, and no file has that name (did "
            "you mean orders?): write there what the file is called",
        ),
        (
            "Parsing Error\n  Unable to find model 'stayhouse.order' for unit test 'kinds' in "
            "models/core/money/orders.yml",
            "models/core/money/orders.yml tells of a model order, and no file has that name",
        ),
    ):
        assert sentence in stopped(words)
    # Of what is not known, dbt's own words are told.
    assert "to do" not in stopped("Compilation Error\n  'foo' is undefined")


def test_a_build_that_was_killed_is_said(run, project):
    code, out, err = run(*steps(5)[:2], code="__import__('os').kill(__import__('os').getpid(), 9)")
    assert code == 137
    assert "was ended from outside (signal 9): run it again" in err
    assert "published" not in out


HOLD = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(1, flush=True); input()"


def test_a_warehouse_file_that_cannot_be_written_is_said_before_dbt_runs(
    project, refused, monkeypatch
):
    path = project.root / "elsewhere" / "shop.duckdb"
    monkeypatch.setenv("STAYHOUSE_DB", str(path))
    assert "The folder" in refused("build")
    path.parent.mkdir()
    path.write_bytes(b"this is no database" * 1000)
    assert "cannot be opened" in refused("build")
    path.unlink()
    words = (sys.executable, "-c", HOLD, str(path))
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        holder.stdout.readline()
        assert f"(process {holder.pid})" in refused("build")
        holder.communicate(b"\n")
    assert not (project.root / "logs").exists()


def model(project, name):
    folder = project.root / "models" / "core" / "money"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.sql").touch()


def test_one_model_is_built_with_its_unit_tests_and_not_published(run, project):
    model(project, "products")
    code, out, _ = run(*steps(4), words=["--model", "products"])
    assert code == 0
    words = words_of_dbt(project)
    at = words.index("--select")
    assert words[at + 1 : at + 4] == [
        "+products,fqn:stayhouse.core",
        "+products,resource_type:seed",
        "products+1,resource_type:test",
    ]
    assert "unit_test" not in words
    assert "products is built, and its checks hold." in out
    assert not (project.root / "published").exists()
    # Where nothing stands to read, what it reads is built too.
    (project.root / "warehouse" / "stayhouse.duckdb").unlink()
    cli.main(["build", "--model", "products"])
    assert words_of_dbt(project)[-1] == "+products"


def test_what_of_a_models_sql_is_not_in_style_is_said_as_soon_as_it_builds(run, project):
    model(project, "products")
    path = project.root / "models" / "core" / "money" / "products.sql"
    path.write_text("select 1 as product_id -- " + "x" * 80 + "\n")
    # Where nobody says what the style is, nothing is said of it.
    assert "style" not in run(*steps(1), words=["--model", "products"])[1]
    (project.root / ".sqlfluff").write_text("[sqlfluff]\ndialect = duckdb\nmax_line_length = 100\n")
    code, out, _ = run(*steps(1), words=["--model", "products"])
    assert code == 0
    assert "style: models/core/money/products.sql:1: Line is too long (106 > 100)." in out
    assert "style: `sqlfluff fix models/core/money/products.sql` mends most of it" in out
    path.write_text("select 1 as product_id\n")
    assert "style" not in run(*steps(1), words=["--model", "products"])[1]


@pytest.mark.parametrize("are_due", [True, False])
def test_a_night_applies_what_was_fitted_last(run, project, monkeypatch, are_due):
    monkeypatch.setattr(build, "fits_of_night", lambda *_: Fits(are_due, "Why, or until when."))
    code, out, _ = run(*steps(1), words=("--nightly",))
    assert code == 0
    assert ("tag:train" in words_of_dbt(project)) is not are_due
    assert out.splitlines()[1] == "Why, or until when."
    # A night is a whole build: its cost is told, and it is published.
    assert "dearest" in out
    assert "published version 1" in out


@pytest.mark.parametrize("words", [("--nightly",), ("--nightly", "--", "--full-refresh"), ()])
def test_a_night_without_news_builds_and_publishes_nothing(run, project, monkeypatch, words):
    monkeypatch.setattr(build, "fits_of_night", lambda *_: Fits(False, "Until when."))
    monkeypatch.setattr(build, "quiet_night", lambda *_: "There is nothing to do.")
    code, out, err = run(*steps(1), words=words)
    is_quiet = words == ("--nightly",)
    assert (code, err) == (0, "")
    assert (out == "There is nothing to do.\n") is is_quiet
    assert (project.root / "words").exists() is not is_quiet
    assert (project.root / "published").exists() is not is_quiet


def test_a_night_builds_no_model_alone(run, project, capfd):
    with pytest.raises(SystemExit):
        run(words=["--nightly", "--model", "products"])


def test_a_model_that_is_none_is_said(run, project):
    code, _, err = run(words=["--model", "product"])
    assert (code, err) == (
        2,
        "stayhouse: No model is named product: give the name of a file of models, "
        "without its folder.\n",
    )
    assert not (project.root / "words").exists()


def test_dbts_cache_goes_where_it_holds_a_unit_test_that_no_yaml_has(run, project):
    model(project, "products")
    cache = project.root / "target" / "partial_parse.msgpack"
    cache.parent.mkdir()
    known = {"name": "gone", "original_file_path": "models/core/money/products.yml"}
    for unit_tests, is_kept in (({}, True), ({"unit_test.stayhouse.products.gone": known}, False)):
        cache.touch()
        MANIFEST["unit_tests"] = unit_tests
        code, out, _ = run(*steps(4), code=2, words=["--model", "products"])
        assert (code, cache.exists()) == (2, is_kept)
        assert ("once without it" in out) == (not is_kept)
    MANIFEST["unit_tests"] = {}


@pytest.mark.parametrize("ends_with", [0, 1])
def test_make_build_is_one_command_and_ends_as_it_does(tmp_path, ends_with):
    shutil.copy(CHECKOUT / "Makefile", tmp_path)
    for name in ("pyproject.toml", "requirements.lock", "said"):
        (tmp_path / name).touch()
    program = tmp_path / ".venv" / "bin" / "stayhouse"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\necho "stayhouse $@" >> {tmp_path}/said\nexit {ends_with}\n')
    program.chmod(0o755)
    (tmp_path / ".venv" / ".installed").touch()
    os.utime(tmp_path / ".venv" / ".installed")
    done = subprocess.run(["make", "build"], cwd=tmp_path, capture_output=True, text=True)
    assert (tmp_path / "said").read_text() == "stayhouse build\n"
    assert (done.returncode == 0) == (ends_with == 0)


def test_an_environment_that_is_a_link_and_outdated_is_left_alone(tmp_path):
    shutil.copy(CHECKOUT / "Makefile", tmp_path)
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "kept").touch()
    (tmp_path / ".venv").symlink_to("theirs")
    for name in ("pyproject.toml", "requirements.lock"):
        (tmp_path / name).touch()
    done = subprocess.run(["make", "setup"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode != 0
    assert ".venv is a link" in done.stderr
    assert "rm .venv" in done.stderr
    assert (tmp_path / ".venv" / "kept").exists()


@pytest.mark.parametrize("name", ["main", "temp"])
def test_a_warehouse_is_not_named_as_duckdb_names_its_own(run, project, monkeypatch, name):
    monkeypatch.setenv("STAYHOUSE_DB", str(project.root / f"{name}.duckdb"))
    code, _, err = run(*steps(1))
    assert code == 2
    assert f"and {name} is a name of its own: set STAYHOUSE_DB to a file of another name" in err
