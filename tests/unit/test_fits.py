"""When a night fits anew, and when it applies what was fitted last: each rule on both its sides."""

import json
from pathlib import Path

import duckdb
import pytest

from stayhouse.base.build_token import checksum_of
from stayhouse.base.errors import StayhouseError
from stayhouse.reports.fits import fits_of_night
from tests.building import CHECKOUT, FINISHED

# Fitted on 1 May, and the last build is of a day of May.
LAST = """
create schema core; create schema churn; create schema features;
create table core.clock as select timestamp '2025-05-06' as as_of_at;
create table churn.churn_model_comparison as
    select 'recency' as classifier, date '2025-05-01' as fitted_as_of_date;
create table churn.churn_readiness as select true as is_ready;
create table features.churn_horizon as
    select 60::bigint as horizon_days, 85::bigint as max_days, 90::bigint as suggested_days,
    false as is_from_var;
create table churn.churn_champion as from (values ('trees', true), ('recency', false))
    as t(classifier, is_champion);
create table churn.churn_drift as from (values
    ('score', 'trees', 'today', 'watch', .25), ('score', 'trees', 'test', 'drift', .9),
    ('score', 'recency', 'today', 'drift', .9), ('feature', 'trees', 'today', 'drift', .9)
) as t(subject_kind, subject, compared_split, drift_band, psi);
create table churn.int_churn__drift_at_fit as from (values
    ('trees', 'watch'), ('recency', 'stable')
) as t(classifier, drift_band);
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project of one file, and the warehouse of its last build."""
    (tmp_path / "dbt_project.yml").write_text("vars: {train_every_days: 7}\n")
    with duckdb.connect(str(tmp_path / "w.duckdb")) as con:
        con.execute(LAST)
        con.execute(FINISHED)
        given = json.dumps({"project_checksum": checksum_of(tmp_path)})
        con.execute("update main.build_token set inputs = ?", [given])
    return tmp_path


def tell(root: Path, *sql: str) -> tuple[bool, str]:
    """Change what the last build left, and return what the next is to do."""
    with duckdb.connect(str(root / "w.duckdb")) as con:
        for statement in sql:
            con.execute(statement)
    fits = fits_of_night(root, root / "w.duckdb")
    return fits.are_due, fits.sentence


def test_a_week_has_seven_nights(root: Path) -> None:
    """The night after the build of the 6th is that of the 7th, the sixth after the fit."""
    assert tell(root) == (
        False,
        "What was fitted as of 2025-05-01 is applied; it is fitted anew when it is 7 days old "
        "(var train_every_days).",
    )
    assert tell(root, "update core.clock set as_of_at = '2025-05-07'") == (
        True,
        "What is fitted is as of 2025-05-01, and train_every_days is 7: all is fitted anew.",
    )


@pytest.mark.parametrize(("every", "are_due"), [("1", True), ("6", True), ("8", False)])
def test_the_setting_says_how_many(root: Path, every: str, are_due: bool) -> None:
    (root / "dbt_project.yml").write_text(f"vars: {{train_every_days: {every}}}\n")
    given = json.dumps({"project_checksum": checksum_of(root)})
    assert tell(root, f"update main.build_token set inputs = '{given}'")[0] is are_due


@pytest.mark.parametrize("value", ["0", "often", "null", "true"])
def test_another_setting_is_refused(root: Path, value: str) -> None:
    (root / "dbt_project.yml").write_text(f"vars: {{train_every_days: {value}}}\n")
    given = json.dumps({"project_checksum": checksum_of(root)})
    with pytest.raises(StayhouseError, match="it must be a whole number, 1 or more"):
        tell(root, f"update main.build_token set inputs = '{given}'")


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("update core.clock set as_of_at = '2025-04-30'", "as of 2025-05-01, and train_every"),
        ("update main.build_token set state = 'part'", "not of one build that went well"),
        ("update main.build_token set state = 'failed'", "not of one build that went well"),
        ("update main.build_token set state = 'unfinished'", "not of one build that went well"),
        (
            """update main.build_token set inputs = '{"project_checksum": "x"}'""",
            "Code or settings",
        ),
        ("update churn.churn_readiness set is_ready = false", "No churn model stands yet"),
        ("update features.churn_horizon set max_days = 86", "about to grow by a month"),
        ("update features.churn_horizon set max_days = 89", "about to grow by a month"),
        (
            "update features.churn_horizon set max_days = 89, suggested_days = null",
            "about to grow by a month",
        ),
        ("update churn.churn_drift set psi = .251, drift_band = 'drift'", "drifted since all was"),
        ("drop table churn.churn_model_comparison", "Nothing is fitted yet"),
        ("update churn.churn_model_comparison set fitted_as_of_date = null", "Nothing is fitted"),
        ("drop table main.build_token", "not of one build that went well"),
        ("update core.clock set as_of_at = null", "Nothing is fitted yet"),
        ("delete from features.churn_horizon", "Nothing is fitted yet"),
    ],
)
def test_a_fit_of_something_else_is_not_applied(root: Path, sql: str, words: str) -> None:
    are_due, sentence = tell(root, sql)
    assert are_due
    assert words in sentence


@pytest.mark.parametrize(
    "sql",
    [
        # The var decides, however short the history is.
        "update features.churn_horizon set max_days = 89, is_from_var = true",
        # It grew with the last build, which fitted.
        "update features.churn_horizon set horizon_days = 90, max_days = 90, suggested_days = 120",
        # As long as the gaps suggest, or as 90 where none speaks, it grows no more.
        "update features.churn_horizon set max_days = 89, suggested_days = 60",
        "update features.churn_horizon set horizon_days = 90, max_days = 119, suggested_days = 90",
        "delete from churn.churn_drift",
        # What a fit left adrift, another one would.
        "update churn.churn_drift set psi = .9, drift_band = 'drift'; "
        "update churn.int_churn__drift_at_fit set drift_band = 'drift'",
    ],
)
def test_nor_is_it_fitted_anew_without_need(root: Path, sql: str) -> None:
    assert not tell(root, sql)[0]


@pytest.mark.parametrize(
    "place",
    # The last holds the hyper-parameters of what is fitted.
    ["macros/m.sql", "models/a/m.yml", "python_models/a/m.py", "python_models/a/m.yml"],
)
def test_another_file_of_the_project_is_other_code(root: Path, place: str) -> None:
    (root / place).parent.mkdir(parents=True)
    (root / place).write_text("x")
    assert tell(root) == (
        True,
        "Code or settings have changed since the last build: all is fitted anew.",
    )


def test_settings_of_one_run_are_other_settings(root: Path) -> None:
    for words in (("--vars", "{as_of: 2025-04-01}"), ("--vars={as_of: 2025-04-01}",)):
        assert fits_of_night(root, root / "w.duckdb", words).are_due
    assert not fits_of_night(root, root / "w.duckdb", ("--full-refresh",)).are_due


@pytest.mark.parametrize(
    ("given", "are_due"), [([], False), (["as_of"], False), (["as_of", "rfm_history_months"], True)]
)
def test_fits_of_settings_of_one_run_serve_no_other(
    root: Path, given: list[str], are_due: bool
) -> None:
    """Another day alone is no other setting, and a fit of a later one than the clock is refused."""
    inputs = json.dumps({"project_checksum": checksum_of(root), "given": given})
    fits = tell(root, f"update main.build_token set inputs = '{inputs}'")
    assert fits[0] is are_due
    assert ("(rfm_history_months)" in fits[1]) is are_due


def test_without_a_warehouse_all_is_fitted(root: Path) -> None:
    assert fits_of_night(root, root / "none.duckdb").are_due


def test_the_checksum_is_that_which_a_build_notes(monkeypatch: pytest.MonkeyPatch) -> None:
    """By DuckDB, as macros/engine/build_inputs.sql asks for it."""
    macro = (CHECKOUT / "macros/engine/build_inputs.sql").read_text(encoding="utf-8")
    query = macro.split("{%- set project -%}")[1].split("{%- endset -%}")[0]
    monkeypatch.chdir(CHECKOUT)
    with duckdb.connect() as con:
        assert con.execute(query).fetchall() == [(checksum_of(CHECKOUT),)]
