"""The whole way, as a user walks it: build, publish, build again, while somebody reads."""

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import duckdb
import pytest
import yaml

from tests.building import PUBLIC_ROOMS, Run, copy_of_checkout, mart_hashes


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory, warehouse: Run, parsed: Path) -> Run:
    """A copy of the project and of its build; publishing and planting leave the checkout alone."""
    folder = copy_of_checkout(tmp_path_factory.mktemp("copy"))
    run = Run(folder / "warehouse", project=folder, parsed=parsed)
    run.target.mkdir(parents=True)
    for path in (run.database, run.target / "manifest.json", run.target / "run_results.json"):
        shutil.copyfile(warehouse.folder / path.relative_to(run.folder), path)
    return run


def publish(run: Run) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "stayhouse.cli", "publish", "--target-path", str(run.target)],
        cwd=run.project,
        env=run.environment(),
        capture_output=True,
        text=True,
    )


def test_rebuilding_and_publishing_under_a_reader(copy: Run) -> None:
    first = mart_hashes(copy.database)
    assert first["core.orders"][0] > 0
    assert publish(copy).returncode == 0

    link = copy.project / "published" / "stayhouse.duckdb"
    reads: list[int] = []
    errors: list[str] = []
    done = threading.Event()

    def read() -> None:
        # Ten reads a second: as fast as it goes, a reader would cost as much as the build.
        while not done.wait(0.1):
            try:
                with duckdb.connect(os.path.realpath(link), read_only=True) as con:
                    rows = con.execute("select count(*) from core.orders").fetchall()
                    reads.append(int(rows[0][0]))
            except Exception as error:
                errors.append(str(error))

    reader = threading.Thread(target=read)
    reader.start()
    try:
        # What the tests of dbt say of the first build they say of the same rows again.
        copy.build("--exclude-resource-type", "test")
        assert publish(copy).returncode == 0
    finally:
        done.set()
        reader.join()

    assert errors == []
    assert len(reads) > 20
    assert set(reads) == {first["core.orders"][0]}
    # A build is a function of (landed data, commit, vars).
    assert mart_hashes(copy.database) == first
    assert mart_hashes(Path(os.path.realpath(link))) == first


def test_nothing_personal_or_private_is_published(copy: Run) -> None:
    """Held to the YAML files and the landed hashes of addresses, in both forms of the copy."""
    promised: dict[str, list[str]] = {}
    personal = set()
    models = copy.project / "models"
    for path in models.rglob("*.yml"):
        for model in yaml.safe_load(path.read_text()).get("models", []):
            columns = model.get("columns", [])
            personal |= {column["name"] for column in columns if "pii" in str(column)}
            if model.get("config", {}).get("access") == "public":
                room = path.relative_to(models).parts[0]
                promised[f"{room}.{model['name']}"] = [c["name"] for c in columns]
    assert personal == {"email_hash"}
    assert {name.split(".")[0] for name in promised} == set(PUBLIC_ROOMS)

    folder = (copy.project / "published" / "current").resolve()
    with duckdb.connect() as con:
        con.execute(f"attach '{folder / 'stayhouse.duckdb'}' as published (read_only)")
        landed = copy.project / "seeds" / "sample" / "shop"
        con.execute(
            "create table hashes as select email_hash from "
            f"read_parquet(['{landed}/customers/*/*.parquet', '{landed}/orders/*/*.parquet'], "
            "union_by_name = true) where email_hash is not null"
        )
        assert con.execute("select count(*) > 1000 from hashes").fetchall() == [(True,)]
        tables = con.execute(
            "select table_schema || '.' || table_name, table_type from information_schema.tables "
            "where table_catalog = 'published'"
        ).fetchall()
        assert dict(tables) == dict.fromkeys(promised, "BASE TABLE")
        parquet = {f"{path.parent.name}.{path.stem}": path for path in folder.rglob("*.parquet")}
        assert set(parquet) == set(promised)
        for name, columns in promised.items():
            for relation in (f"published.{name}", f"'{parquet[name]}'"):
                found = con.execute(f"describe from {relation}").fetchall()
                assert [column[0] for column in found] == columns, relation
                assert not personal & set(columns)
                texts = [column[0] for column in found if column[1] == "VARCHAR"]
                for text in texts:
                    seen = con.execute(
                        f'select count(*) from {relation} where "{text}" in (from hashes)'
                    ).fetchall()
                    assert seen == [(0,)], (relation, text)
    assert {path.name for path in folder.rglob("*") if path.is_file()} == {
        "contents.json",
        "stayhouse.duckdb",
        *(path.name for path in parquet.values()),
    }


def test_a_failed_build_publishes_nothing(copy: Run) -> None:
    current = copy.project / "published" / "current"
    before = os.readlink(current)
    with duckdb.connect(str(copy.database)) as con:
        con.execute("delete from retention.lifecycle where period_grain = 'week'")
    law = "lifecycle_equals_customer_days"
    assert copy.dbt("build", "--select", "clock", law).returncode == 1
    refused = publish(copy)
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
    assert law in refused.stderr
    assert os.readlink(current) == before


@pytest.mark.parametrize(
    ("name", "value", "meaning"),
    [
        ("time_zone", "x'; drop schema core; --", "a time zone name"),
        ("time_zone", "Europe/Londn", "a time zone name of the IANA list, such as Europe/London"),
        ("session_gap_seconds", "0", "1 or more"),
        ("churn_order_kind", "orders", "order or net_order"),
        ("as_of", "yesterday", "a date"),
        ("rejection_stop_rate", "1.5", "from 0 to 1"),
        ("holdout_buckets", "10001", "from 0 to 10000"),
        ("holdout_buckets", "-1", "from 0 to 10000"),
        ("holdout_salt", "it's", "a word"),
        ("holdout_salt", "", "a word"),
    ],
)
def test_a_var_of_another_form_stops_the_build(
    tmp_path: Path, parsed: Path, name: str, value: str, meaning: str
) -> None:
    """A rule of architecture says that models read vars by `setting` alone."""
    run = Run(tmp_path, parsed=parsed)
    words = ("--inline", f"select {{{{ setting('{name}') }}}}")
    done = run.dbt("compile", *words, "--vars", f'{{{name}: "{value}"}}')
    assert done.returncode != 0
    assert f"Var '{name}' is '{value}'" in done.stdout
    assert meaning in done.stdout


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("", "None"),
        ("null", "None"),
        ("2024.10", "2024.1"),
        ("007", "7"),
        ("on", "True"),
        ('"2024.10"', None),
        ("'007'", None),
        ("autumn", None),
    ],
)
def test_a_salt_is_the_text_that_was_written_or_none(
    tmp_path: Path, parsed: Path, written: str, read: str | None
) -> None:
    """A mail tool hashes the letters that stand in the file, and YAML reads some otherwise."""
    run = Run(tmp_path, parsed=parsed)
    words = ("--inline", "select {{ setting('holdout_salt') }}")
    done = run.dbt("compile", *words, "--vars", f"holdout_salt: {written}")
    if read is None:
        assert done.returncode == 0, done.stdout
        assert f"select '{written.strip(chr(34) + chr(39))}'" in done.stdout
    else:
        assert done.returncode != 0
        assert f"Var 'holdout_salt' is '{read}': it must be a word" in done.stdout
        assert 'between quotation marks such as "2024.10"' in done.stdout


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("{elsewhere: true}", "names 'elsewhere', which is no source of var 'sources'"),
        ("{shop: 'no'}", "of 'shop' is 'no': it must be true or false"),
        ("true", "must map sources to true or false"),
    ],
)
def test_a_tax_that_is_no_answer_stops_the_build(
    tmp_path: Path, parsed: Path, value: str, sentence: str
) -> None:
    run = Run(tmp_path, parsed=parsed)
    words = ("--inline", "select {{ prices_include_tax('source_name') }}")
    done = run.dbt("compile", *words, "--vars", f"{{prices_include_tax: {value}}}")
    assert done.returncode != 0
    assert f"Var 'prices_include_tax' {sentence}" in done.stdout


def test_an_empty_landing_folder_stops_the_build_in_one_sentence(
    tmp_path: Path, parsed: Path
) -> None:
    done = Run(tmp_path, landing=tmp_path / "nothing", parsed=parsed).dbt("build")
    assert done.returncode != 0
    assert f"Nothing has landed in {tmp_path / 'nothing'}: run `stayhouse land" in done.stdout


def test_the_sample_does_not_take_the_place_of_a_shop_that_landed(
    copy: Run, tmp_path: Path, parsed: Path
) -> None:
    run = Run(tmp_path, parsed=parsed)
    shutil.copyfile(copy.database, run.database)
    with duckdb.connect(str(run.database)) as con:
        con.execute(
            "update main.build_token "
            "set inputs = replace(inputs, '\"is_sample\": true', '\"is_sample\": false')"
        )
    before = run.query("select * from main.build_token")
    done = run.dbt("build", "--select", "resource_type:seed")
    assert done.returncode == 2
    assert "the sample, an invented shop, would take its place" in done.stdout
    assert run.query("select * from main.build_token") == before


def test_a_whole_build_ends_with_the_sentence_about_a_var(tmp_path: Path, parsed: Path) -> None:
    run = Run(tmp_path, parsed=parsed)
    done = run.dbt("build", "--fail-fast", "--vars", "{session_gap_seconds: 0}")
    assert done.returncode != 0
    assert "Var 'session_gap_seconds' is '0'" in done.stdout
    assert (
        not run.database.exists()
        or run.query("select 1 from information_schema.tables where table_name = 'sessions'") == []
    )
