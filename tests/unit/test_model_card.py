"""The model card: a page that stands alone, says what is missing, and why there is no model."""

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from stayhouse.documents.model_card.page import page

READY = """
create schema churn;
create schema features;
create table churn.churn_readiness as select
    null::varchar as reason, 90::bigint as horizon_days, 800::bigint as buyer_count,
    500::bigint as required_buyer_count, 500::bigint as history_days,
    270::bigint as required_history_days, true as is_ready, date '2025-05-14' as as_of_date;
"""
EVALUATION = """
create table churn.churn_evaluation as
select 'test' as split, t.classifier, t.is_champion, t.roc_auc, t.roc_auc - .03 as roc_auc_low,
    t.roc_auc + .03 as roc_auc_high, .5 as log_loss, .48 as log_loss_low, .52 as log_loss_high,
    .18 as brier, .7 as precision, .8 as recall, .75 as f1, .4 as threshold, 1.4 as lift_10_churn,
    2.3 as lift_10_buy, false as is_calibrated, 1234 as customer_count, .654 as prevalence,
    90 as horizon_days, date '2025-02-13' as cut_off_date
from (values ('boosted_trees', true, .8123), ('recency', false, .7345)) as t(
    classifier, is_champion, roc_auc);
create table churn.churn_scores as
select 'high' as risk_band, true as is_champion from range(30)
union all select 'low', true from range(10) union all select 'low', false from range(7);
"""


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        con.execute(READY)
        yield con


def test_the_numbers_are_the_marts(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(EVALUATION)
    text = page(con, "abc123")
    assert "<b>boosted trees</b>" in text
    assert "0.812 (0.782 to 0.842)" in text
    assert "1,234 customers" in text
    assert "65.4% of them" in text
    # 30 of the 40 that the champion scored.
    assert "<b>40</b><span>customers scored today" in text
    assert "<b>75.0%</b>" in text
    assert "abc123" in text
    assert "as_of: '2025-05-14', churn_horizon_days: 90" in text


def test_the_page_stands_alone(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(EVALUATION)
    text = page(con)
    assert not re.search(r"(?:src|href|url|@import|<script|<link|https?:)", text)
    assert text.count("<section>") == text.count("</section>") > 10
    assert "The project's commit is not known" in text


def test_what_is_absent_or_empty_is_left_out_with_a_sentence(
    con: duckdb.DuckDBPyConnection,
) -> None:
    con.execute(EVALUATION)
    con.execute("create table churn.churn_drift (psi double)")
    text = page(con)
    assert "Left out: this file has no churn.churn_curves." in text
    assert "Left out: churn.churn_drift is empty." in text
    # A mart of an earlier version lacks a column: its section goes, the page stays.
    con.execute("insert into churn.churn_drift values (1.0)")
    assert "Left out: churn.churn_drift or what it stands beside is older" in page(con)


@pytest.mark.parametrize(
    ("fitted", "words"),
    [
        ("2025-05-14", "Fitted as of 2025-05-14, the day of this page."),
        ("2025-05-13", "Fitted as of 2025-05-13, 1 day before the day of this page: scores"),
        ("2025-05-08", "Fitted as of 2025-05-08, 6 days before the day of this page: scores"),
    ],
)
def test_it_says_how_old_the_fit_is(
    con: duckdb.DuckDBPyConnection, fitted: str, words: str
) -> None:
    con.execute(EVALUATION)
    con.execute(
        f"create table churn.churn_model_comparison as select date '{fitted}' as fitted_as_of_date"
    )
    assert words in page(con)


@pytest.mark.parametrize(
    ("champion", "words"),
    [
        (
            "trees",
            "predicted by the trees of the cut-off before, 30 days older, 3 past cut-offs have a "
            "log loss that is +0.0200 and a ROC-AUC that is -0.0010 beside",
        ),
        ("bg_nbd", "The BG/NBD is fitted to the orders of every night: age costs it nothing."),
        ("forest", "What age costs is not told: the forest is not fitted anew at past cut-offs."),
    ],
)
def test_it_says_what_the_age_of_a_fit_cost(
    con: duckdb.DuckDBPyConnection, champion: str, words: str
) -> None:
    """The median of the champion's cut-offs that have an older fit: .01, .02 and .4 of log loss."""
    con.execute(EVALUATION)
    con.execute(f"""
        create table churn.churn_model_comparison as select date '2025-05-14' as fitted_as_of_date;
        create table churn.churn_champion as from (values ('{champion}', true), ('recency', false))
            as t(classifier, is_champion);
        create table churn.churn_backtest as from (values
            ('trees', null, .5, null, .8, null), ('trees', 30, .5, .51, .8, .8),
            ('trees', 30, .5, .52, .8, .799), ('trees', 90, .5, .9, .8, .5),
            ('bg_nbd', 30, .5, .5, .8, .8), ('recency', 30, .5, .9, .8, .5)
        ) as t(classifier, older_by_days, log_loss, log_loss_older, roc_auc, roc_auc_older);
    """)
    assert words in page(con)


@pytest.mark.parametrize(("fitted", "is_told"), [("2025-05-14", False), ("2025-05-11", True)])
def test_cut_offs_of_an_older_fit_are_not_said_to_be_tonights(
    con: duckdb.DuckDBPyConnection, fitted: str, is_told: bool
) -> None:
    con.execute(EVALUATION)
    con.execute(f"""
        create table churn.churn_model_comparison as select date '{fitted}' as fitted_as_of_date;
        create table features.churn_labels as select
            'train' as split, date '2024-08-01' as cut_off_date, 'a' as person_id,
            true as has_churned;
    """)
    text = page(con)
    assert "2024-08-01" in text
    told = f"fitted and judged as of {fitted}, at cut-offs 3 days earlier."
    assert (told in text) is is_told


@pytest.mark.parametrize(
    ("suggested", "words"),
    [
        ("90", "The horizon of 90 days follows from the shop's own gaps. 85.3% of 1,689 gaps"),
        ("null", "The horizon is 90 days: no gap between two orders could be followed for long"),
        ("120", "The horizon is 90 days, as long as the history allows; the shop's own gaps"),
    ],
)
def test_it_says_where_the_horizon_comes_from(
    con: duckdb.DuckDBPyConnection, suggested: str, words: str
) -> None:
    con.execute(EVALUATION)
    con.execute(
        f"create table features.churn_horizon as select 90 as horizon_days, {suggested}::bigint as "
        "suggested_days, .8526 as covered_gap_share, 1689 as gap_count, false as is_from_var"
    )
    assert words in page(con)


def test_without_a_model_it_says_why(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "update churn.churn_readiness set is_ready = false, history_days = 200, "
        "reason = 'Only 7 <customers> had bought.'"
    )
    text = page(con)
    assert "No model: Only 7 &lt;customers&gt; had bought." in text
    assert "has not shown every season" in text
    assert "How well it predicts" not in text
    assert "churn.churn_evaluation" not in text


@pytest.mark.parametrize(
    ("days", "words"),
    [(454, "has not shown every season"), (455, "shows each season once"), (820, None)],
)
def test_a_young_shop_has_not_seen_every_season(
    con: duckdb.DuckDBPyConnection, days: int, words: str | None
) -> None:
    """A season is seen once its outcome is: 365 + 90 days; twice: 730 + 90."""
    con.execute(f"update churn.churn_readiness set history_days = {days}")
    text = page(con)
    assert ("history of" in text) == (words is not None)
    assert words is None or words in text


def test_pictures_hold_the_marts_numbers(con: duckdb.DuckDBPyConnection) -> None:
    """Lines stand in the data's own numbers: 0 to 1 is 364 wide and 260 high, from (52, 274) up."""
    con.execute(EVALUATION)
    con.execute(
        "create table churn.churn_curves as select 'boosted_trees' as classifier, 'test' as split, "
        "'calibration' as curve, 'churn' as outcome, * from (values "
        "(1, 70, .1::double, .25::double, .125::double, .375::double), (2, 70, .5, .75, .4, .9)) "
        "as t(point_number, customer_count, x, y, low, high)"
    )
    con.execute(
        "create table churn.churn_reasons as select 1 as reason_rank, 'raises' as direction, "
        "family from (values ('visits'), ('visits'), ('a & b')) as t(family)"
    )
    text = page(con)
    assert "In 1 of 2 tenths of the customers" in text
    scale = '<g transform="translate(52 274) scale(364.0 -260.0) translate(0 0)">'
    picture = text.split(scale)[1].split("</svg>")[0]
    assert 'points="0.1,0.25 0.5,0.75 "' in picture
    assert 'x1="0.5" y1="0.4" x2="0.5" y2="0.9"' in picture
    assert picture.count('class="mark a"') == 2
    assert 'x="416.0" y="291" text-anchor="middle">100%</text>' in text
    widths = [float(width) for width in re.findall(r'rect [^>]*width="([\d.]+)"', text)]
    assert widths == [154.0, 77.0]
    assert ">a &amp; b</text>" in text


def test_the_command(project, done, refused, tmp_path: Path) -> None:
    file = tmp_path / "marts.duckdb"
    with duckdb.connect(str(file)) as con:
        con.execute("create schema core")
    assert "There is no warehouse file" in refused("model-card")
    assert "no churn.churn_readiness" in refused("model-card", "--db", file)
    with duckdb.connect(str(file)) as con:
        con.execute(READY + EVALUATION)
    target = tmp_path / "pages" / "card.html"
    assert str(target) in done("model-card", "--db", file, "--out", target)
    first = target.read_bytes()
    done("model-card", "--db", file, "--out", target)
    assert target.read_bytes() == first
    assert "cannot be written" in refused("model-card", "--db", file, "--out", tmp_path)
    # What was published is read before the warehouse file.
    (tmp_path / "published").mkdir()
    file.rename(tmp_path / "published" / "stayhouse.duckdb")
    assert "published" in done("model-card")
    assert (tmp_path / "build" / "model_card.html").read_bytes() == first
