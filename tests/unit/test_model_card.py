"""The model card: a page that stands alone, says what is missing, and why there is no model."""

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from stayhouse.model_card.figures import Series, bars, plot, spans
from stayhouse.model_card.page import page

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
    assert "The project's commit is not known" in text.replace("&#x27;", "'")


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


def test_without_a_model_it_says_why(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "update churn.churn_readiness set is_ready = false, history_days = 200, "
        "reason = 'Only 7 <customers> had bought.'"
    )
    text = page(con)
    assert "No model: Only 7 &lt;customers&gt; had bought." in text
    assert "has not shown every season" in text
    assert "How well it foresees" not in text
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


def test_pictures_hold_what_they_are_given() -> None:
    """(0, 0) lies in the lower left corner of the axes and (1, 1) in the upper right one."""
    ticks = [0.0, 0.5, 1.0]
    line = Series("a & b", [(0, 0), (1, 1)], "a", [(0, 0.1), (0.9, 1)], has_marks=True)
    svg = plot("title <1>", [line], "x", "y", ticks, ticks)
    assert 'points="52.0,274.0 416.0,14.0"' in svg
    assert "a &amp; b" in svg
    assert "title &lt;1&gt;" in svg
    assert svg.count("<circle") == 2
    longest = bars("t", [("one", 2.0, "2", "a"), ("half", 1.0, "1", "c")])
    widths = [float(width) for width in re.findall(r'rect [^>]*width="([\d.]+)"', longest)]
    assert widths[0] == pytest.approx(2 * widths[1])
    assert 'cx="283.0"' in spans("t", [("g", 0.5, 0.4, 0.6)], 0.5)


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
