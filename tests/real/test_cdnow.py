"""CDNOW: the figures of Fader and Hardie, and those of the files, through the warehouse."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import log_loss, roc_auc_score

from stayhouse.purchasing.bg_nbd import BgNbd
from tests.building import Run
from tests.real.shops import DATA, NEEDS_DATA, cdnow

pytestmark = NEEDS_DATA


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, parsed: Path) -> Run:
    """The tenth of the customers that papers use, on the first day after 39 weeks."""
    folder = tmp_path_factory.mktemp("sample")
    select = ("+customer_snapshots", "+customer_ltv", "+value_evaluation", "+value_fits")
    columns = [1, 2, 3, 4]
    return cdnow(folder, "cdnow_sample.txt", columns, "1997-10-01", *select, parsed=parsed)


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory, parsed: Path) -> Run:
    """All customers, 90 days after 1 April 1998."""
    folder = tmp_path_factory.mktemp("master")
    select = ("+churn_labels", "+data_quality", "+customers")
    columns = [0, 1, 2, 3]
    return cdnow(folder, "cdnow_master.txt", columns, "1998-06-30", *select, parsed=parsed)


def test_bg_nbd_of_39_weeks(sample: Run) -> None:
    ((r, alpha, a, b, log_likelihood, converged, customers),) = sample.query(
        "select r, alpha, a, b, log_likelihood, is_converged, customer_count "
        "from features.bg_nbd_fits where split = 'today'"
    )
    assert (converged, customers) == (True, 2357)
    assert [r, alpha, a, b] == pytest.approx([0.243, 4.414, 0.793, 2.426], abs=0.001)
    assert log_likelihood == pytest.approx(-9582.4, abs=0.1)


def test_the_next_39_weeks_are_predicted_as_published(sample: Run) -> None:
    people = sample.frame(
        """
        select
            s.*, f.r, f.alpha, f.a, f.b,
            (
                select count(distinct ordered_at::date) from core.orders as o
                where o.person_id = s.person_id
                    and o.ordered_at between '1997-10-01' and '1998-07-01'
            ) as order_count
        from features.customer_snapshots as s
        inner join features.bg_nbd_fits as f using (cut_off_at)
        where s.split = 'today'
        """
    )
    model = BgNbd(*people.loc[0, ["r", "alpha", "a", "b"]])
    expected = model.expected_orders(
        people["purchase_count"] - 1,
        (people["tenure_days"] - people["recency_days"]) / 7,
        (people["tenure_days"] - 1) / 7,
        weeks=39,
    )
    assert np.corrcoef(expected, people["order_count"])[0, 1] == pytest.approx(0.626, abs=0.0005)


def test_gamma_gamma_of_39_weeks(sample: Run) -> None:
    """Of the 946 who came back; how often they come says hardly anything of what they spend."""
    ((p, q, v, repeaters, correlation, converged),) = sample.query(
        "select p, q, v, repeat_customer_count, correlation, is_converged from value.value_fits "
        "where split = 'today' and model_name = 'gamma_gamma'"
    )
    assert (repeaters, converged) == (946, True)
    # Its dollars are told in pounds, all of them at the first rate that is known.
    ((rate,),) = sample.query("select distinct rate from core.money_lines")
    assert [p, q, v / float(str(rate))] == pytest.approx([6.250, 3.744, 15.444], abs=0.01)
    assert correlation == pytest.approx(0.11, abs=0.01)


def test_value_takes_the_fit_that_stands(sample: Run) -> None:
    asked = "select r, alpha, a, b, log_likelihood from {} where split = 'today'"
    ours = sample.query(asked.format("value.value_fits") + " and model_name = 'bg_nbd'")
    assert len(ours) == 1
    assert ours == sample.query(asked.format("features.bg_nbd_fits"))


def test_the_next_39_weeks_bring_what_was_published(sample: Run) -> None:
    """1,653 repeat order days are expected where 1,882 came: CDNOW's season is not known yet."""
    people = sample.frame(
        """
        select
            e.*, f.r, f.alpha, f.a, f.b, p.last_repeat_days,
            (
                select count(distinct o.local_day) from core.orders as o
                where o.person_id = n.person_id
                    and o.ordered_at >= '1997-10-01' and o.ordered_at < '1998-07-01'
            ) as order_count
        from value.int_value__expected as e
        inner join value.int_value__people as p using (cut_off_number, person_number)
        inner join value.int_value__persons as n using (person_number)
        cross join value.value_fits as f
        where f.split = 'today' and f.model_name = 'bg_nbd' and e.cut_off_number = (
            select cut_off_number from value.int_value__cutoffs where split = 'today'
        )
        """
    )
    assert len(people) == 2357
    model = BgNbd(*people.loc[0, ["r", "alpha", "a", "b"]])
    expected = model.expected_orders(
        people["repeat_count"], people["last_repeat_days"] / 7, people["age_days"] / 7, weeks=39
    )
    assert expected.sum() == pytest.approx(1653, abs=1)
    assert people["order_count"].sum() == 1882
    assert np.corrcoef(expected, people["order_count"])[0, 1] == pytest.approx(0.6256, abs=0.001)
    # The mart's own horizons agree with the closed form.
    for days in (30, 90, 365):
        closed = model.expected_orders(
            people["repeat_count"],
            people["last_repeat_days"] / 7,
            people["age_days"] / 7,
            weeks=days / 7,
        )
        assert people[f"expected_orders_{days}d"].to_numpy() == pytest.approx(closed, abs=1e-6)
    seasons = sample.query("select distinct has_season from value.value_evaluation")
    assert seasons == [(False,)]


def test_every_row_of_the_master_is_an_order(master: Run) -> None:
    counts = master.query(
        "select count(*), count(distinct person_id), "
        "count(*) filter (where gross_sales = 0) from core.orders where is_order"
    )
    text = (Path(str(DATA)) / "cdnow" / "cdnow_master.txt").read_text(encoding="utf-8")
    rows = [line.split() for line in text.splitlines()[1:]]
    assert counts == [(69_659, 23_570, sum(float(row[3]) == 0 for row in rows))]
    rejected = "select count(*) from core.data_quality where disposition <> 'accepted'"
    assert master.query(rejected) == [(0,)]
    # To the cent an order, as the price of one CD is rounded.
    dollars = "select sum(round(native_amount, 2)), sum(quantity) from core.money_lines"
    ((amount, quantity),) = master.query(dollars)
    assert float(str(amount)) == pytest.approx(sum(float(row[3]) for row in rows), abs=1e-6)
    assert quantity == sum(int(row[2]) for row in rows)


def test_recency_and_bg_nbd_at_the_cut_off(master: Run) -> None:
    """Published at 1998-04-01: .828 for recency; .830 and .303 for BG/NBD; .860 did not return."""
    judged = master.frame(
        "select s.recency_days, s.bg_nbd_no_order_probability, l.has_churned "
        "from features.customer_snapshots as s "
        "inner join features.churn_labels as l using (person_id, cut_off_at) "
        "where l.split = 'test' and l.cut_off_date = '1998-04-01' order by person_id"
    )
    churned = judged["has_churned"].astype(bool)
    assert len(judged) == 23_570
    assert churned.mean() == pytest.approx(0.860, abs=0.0005)
    assert roc_auc_score(churned, judged["recency_days"]) == pytest.approx(0.828, abs=0.0005)
    probability = judged["bg_nbd_no_order_probability"]
    assert roc_auc_score(churned, probability) == pytest.approx(0.830, abs=0.0005)
    assert log_loss(churned, probability) == pytest.approx(0.303, abs=0.0005)
