"""The model card of the sample: every section is there, with the marts' own numbers."""

import re
from html import unescape
from pathlib import Path

import pytest

from stayhouse import cli
from tests.building import Run


@pytest.fixture(scope="module")
def card(warehouse: Run, tmp_path_factory: pytest.TempPathFactory) -> str:
    target: Path = tmp_path_factory.mktemp("card") / "card.html"
    assert cli.main(["model-card", "--db", str(warehouse.database), "--out", str(target)]) == 0
    return unescape(target.read_text(encoding="utf-8"))


def test_no_section_is_left_out(card: str) -> None:
    assert "Left out" not in card
    assert card.count("<svg") >= 8


def test_every_classifier_has_its_numbers(card: str, warehouse: Run) -> None:
    for name, auc, low, high in warehouse.query(
        "select classifier, roc_auc, roc_auc_low, roc_auc_high "
        "from churn.churn_evaluation where split = 'test'"
    ):
        assert f"{auc:.3f} ({low:.3f} to {high:.3f})" in card, name


def test_calibration_drivers_and_groups_are_the_marts(card: str, warehouse: Run) -> None:
    """The table beside the calibration picture, the first driver, and men and women."""
    (deciles,) = re.findall(r"<th scope=\"col\">tenth.*?</table>", card, re.DOTALL)
    for (mean,) in warehouse.query(
        """
        select x
        from churn.churn_curves
        inner join churn.churn_champion using (classifier)
        where is_champion and split = 'test' and curve = 'calibration'
        """
    ):
        assert f"<td>{100 * float(str(mean)):.1f}%</td>" in deciles
    for feature, share in warehouse.query(
        """
        select d.feature, d.share_of_total
        from churn.churn_drivers as d
        inner join churn.churn_reasons as r on d.classifier = r.explained_classifier
        where d.driver_rank <= 12
        group by all
        """
    ):
        assert str(feature).replace("_", " ") in card
        assert f">{100 * float(str(share)):.1f}% " in card
    for segment, count, rate in warehouse.query(
        "select segment, customer_count, false_negative_rate "
        "from churn.churn_evaluation_by_segment where is_champion and segment_kind = 'gender'"
    ):
        assert f"<td>{segment}</td><td>{count:,}</td>" in card
        assert rate is None or f"<td>{100 * float(str(rate)):.1f}% (" in card
