"""`make diff`: a commit is built beside the checkout and compared with what stands."""

import os
import shutil
import subprocess
import sys

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
    ".gitignore": "target/\nlogs/\nbuild/\n.venv\n*.duckdb\n.user.yml\n",
}


def git(folder, *words):
    settings = ("-c", "user.name=t", "-c", "user.email=t@t", "-c", "commit.gpgsign=false")
    done = subprocess.run(
        ["git", *settings, *words], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """Two commits, of which the first does not build; the third people's worth is not committed."""
    root = tmp_path_factory.mktemp("checkout")
    git(root, "init", "--quiet")
    for name, text in PROJECT.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    shutil.copy(CHECKOUT / "Makefile", root / "Makefile")
    (root / ".venv").symlink_to(CHECKOUT / ".venv")
    model = root / "models" / "core" / "people.sql"
    right = model.read_text()
    for name, sql in (("broken", "select 1 as nonsense\n"), ("people", right)):
        model.write_text(sql)
        git(root, "add", ".")
        git(root, "commit", "--quiet", "-m", name)
        git(root, "tag", name)
    # The third person is worth 10 more, the last is gone.
    model.write_text(
        "select i as person_id, 2 * i + if(i = 2, 10, 0) as worth from range(4) as t(i)\n"
    )
    words = [sys.executable, "-c", "from dbt.cli.main import cli; cli()", "build"]
    done = subprocess.run(words, cwd=root, env=environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    return root


def environment():
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("STAYHOUSE_", "DBT_"))}
    return {**kept, "STAYHOUSE_DB": "warehouse/stayhouse.duckdb"}


def make_diff(root, *words):
    return subprocess.run(
        ["make", "--old-file=setup", "diff", *words],
        cwd=root,
        env=environment(),
        capture_output=True,
        text=True,
    )


def test_a_commit_is_built_and_compared(checkout):
    done = make_diff(checkout, "BASE=people")
    assert done.returncode == 0, done.stderr
    (line,) = [line.split() for line in done.stdout.splitlines() if line.startswith("core.people")]
    assert line[1:6] == ["5", "4", "0", "1", "1"]
    assert "worth 1 (mean 10, largest 10)" in done.stdout
    status = git(checkout, "status", "--porcelain", "--untracked-files=all")
    assert status == "M models/core/people.sql"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "make diff BASE=main"),
        (("BASE=no-such",), "git knows no commit no-such"),
        (("BASE=--force",), "git knows no commit --force"),
        (("BASE=broken",), "broken does not build"),
    ],
)
def test_what_cannot_be_compared_is_said(checkout, words, said):
    done = make_diff(checkout, *words)
    assert done.returncode == 2
    assert said in done.stderr
