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
    folder, select = tmp_path_factory.mktemp("sample"), ("+customer_snapshots",)
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
