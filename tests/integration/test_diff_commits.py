"""Commits are built and compared; nothing is left behind, by an error or a kill."""

import os
import shutil
import signal
import subprocess
import sys
import time

import duckdb
import pytest

from tests.building import CHECKOUT

# A project of two marts that dbt builds in seconds, under git.
PROJECT = {
    "dbt_project.yml": """\
name: tiny
profile: tiny
model-paths: [models]
models:
  tiny:
    +access: public
    +materialized: table
    +contract: {enforced: true}
    core: {+schema: core}
""",
    "profiles.yml": """\
tiny: {target: t, outputs: {t: {type: duckdb, path: "{{ env_var('STAYHOUSE_DB') }}"}}}
""",
    "macros/generate_schema_name.sql": """\
{% macro generate_schema_name(name, node) %}{{ name or 'main' }}{% endmacro %}
""",
    "models/core/people.sql": "select i as person_id, 2 * i as worth from range(5) as t(i)\n",
    "models/core/people.yml": """\
models:
  - name: people
    columns:
      - {name: person_id, data_type: bigint, data_tests: [unique]}
      - {name: worth, data_type: bigint}
""",
    "src/stayhouse/empty": "",
    "warehouse/empty": "",
    ".gitignore": "target/\nlogs/\n*.duckdb\n.user.yml\n",
}


def git(folder, *words):
    settings = ("-c", "user.name=t", "-c", "user.email=t@t", "-c", "commit.gpgsign=false")
    done = subprocess.run(
        ["git", *settings, *words], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """Four commits: without a project, with one, one that does not build, and one in which people
    are worth something else; the last is built, with a comment that is not committed.
    """
    root = tmp_path_factory.mktemp("checkout")
    git(root, "init", "--quiet")
    (root / "readme").write_text("nothing yet")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", "empty")
    git(root, "tag", "empty")
    for name, text in PROJECT.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", "people")
    git(root, "tag", "people")
    model = root / "models" / "core" / "people.sql"
    model.write_text("select 1 as nonsense\n")
    git(root, "commit", "--quiet", "-am", "broken")
    git(root, "tag", "broken")
    # The third person is worth 10 more, the last is gone.
    sql = "select i as person_id, 2 * i + if(i = 2, 10, 0) as worth from range(4) as t(i)\n"
    model.write_text(sql)
    git(root, "commit", "--quiet", "-am", "worth")
    git(root, "tag", "worth")
    model.write_text(f"-- A comment.\n{sql}")
    words = [sys.executable, "-c", "from dbt.cli.main import cli; cli()", "build"]
    done = subprocess.run(
        words, cwd=root, env=environment(root, root), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout
    return root


def environment(root, scratch):
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("STAYHOUSE_", "DBT_"))}
    return {
        **kept,
        "PYTHONPATH": str(CHECKOUT / "src"),
        "STAYHOUSE_DB": str(root / "warehouse" / "stayhouse.duckdb"),
        "TMPDIR": str(scratch),
    }


def words(*more):
    return [sys.executable, "-m", "stayhouse.cli", "diff", *more]


def diff(root, scratch, *more):
    return subprocess.run(
        words(*more), cwd=root, env=environment(root, scratch), capture_output=True, text=True
    )


def is_clean(root, scratch):
    return (
        list(scratch.iterdir()) == []
        and git(root, "status", "--porcelain", "--untracked-files=all")
        == "M models/core/people.sql"
        and git(root, "worktree", "list").count("\n") == 0
    )


def test_two_commits_are_built_and_compared(checkout, tmp_path):
    done = diff(checkout, tmp_path, "people", "--to", "worth")
    assert done.returncode == 0, done.stderr
    (line,) = [line.split() for line in done.stdout.splitlines() if line.startswith("core.people")]
    assert line[1:6] == ["5", "4", "0", "1", "1"]
    assert "worth 1 (mean 10, largest 10)" in done.stdout
    assert is_clean(checkout, tmp_path)


def test_a_commit_is_compared_with_the_warehouse_as_it_was_built(checkout, tmp_path):
    done = diff(checkout, tmp_path, "worth")
    assert done.returncode == 0, done.stderr
    assert "as it was last built" in done.stdout
    assert done.stdout.endswith("\n1 mart holds the same rows.\n")
    assert is_clean(checkout, tmp_path)


def test_a_file_that_was_kept_is_compared(checkout, tmp_path_factory, tmp_path):
    kept = tmp_path_factory.mktemp("kept") / "stayhouse.duckdb"
    shutil.copy(checkout / "warehouse" / "stayhouse.duckdb", kept)
    with duckdb.connect(str(kept)) as con:
        con.execute("update core.people set worth = 7 where person_id = 0")
    done = diff(checkout, tmp_path, "--base-db", str(kept))
    assert done.returncode == 0, done.stderr
    assert "worth 1 (mean 7, largest 7)" in done.stdout
    assert is_clean(checkout, tmp_path)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["no-such"], "git knows no commit 'no-such'"),
        (["--", "--force"], "git knows no commit '--force'"),
        (["people", "--to", "no-such"], "git knows no commit 'no-such'"),
        ([""], "make diff BASE=<commit>"),
        (["people", "--base-db", "x"], "needs one thing to compare with"),
        (["people", "--to", "people"], "are one commit"),
        (["--base-db", "warehouse/stayhouse.duckdb"], "is the warehouse file itself"),
        (["--base-db", "x"], "There is no warehouse file x"),
        (["empty"], "Commit empty holds no dbt_project.yml"),
        (["broken"], "Commit broken does not build"),
    ],
)
def test_what_cannot_be_compared_is_said_and_nothing_left(checkout, tmp_path, arguments, said):
    done = diff(checkout, tmp_path, *arguments)
    assert done.returncode == 2
    assert said in done.stderr.splitlines()[-1]
    assert done.stdout == ""
    assert is_clean(checkout, tmp_path)


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGINT])
def test_a_kill_leaves_nothing_behind(checkout, tmp_path, blow):
    process = subprocess.Popen(
        words("people"),
        cwd=checkout,
        env=environment(checkout, tmp_path),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    # Until dbt is at work in the scratch folder.
    wait_for(lambda: list(tmp_path.glob("*/*/logs/dbt.log")))
    assert process.poll() is None
    os.killpg(process.pid, blow)
    process.wait()
    wait_for(lambda: is_clean(checkout, tmp_path))
    # dbt went too: nothing comes back.
    time.sleep(0.5)
    assert is_clean(checkout, tmp_path)
    at_work = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout
    assert str(tmp_path) not in at_work


def wait_for(condition):
    for _ in range(300):
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError("it did not come to that in 30 s")
