"""The page Churn model: of which day the fit is that gives the scores."""

from pathlib import Path

import pytest

from tests.unit.test_app_pages import empty_marts, place, put, shown

__all__ = ["place"]

JUDGED = """
insert into churn.churn_evaluation by name
select 'trees' as classifier, true as is_champion, 'test' as split, 120 as customer_count,
    .5 as prevalence, .7 as roc_auc, .6 as roc_auc_low, .8 as roc_auc_high, 90 as horizon_days,
    date '2025-01-30' as cut_off_date;
insert into churn.churn_model_comparison by name
select unnest(['trees', 'recency']) as classifier,
    unnest([date '2025-04-30', null]) as fitted_as_of_date;
insert into core.clock by name select timestamp '{}' as as_of_at;
"""


@pytest.mark.parametrize(
    ("tongue", "words"),
    [
        ("en", "Fitted and judged on 30 Apr 2025. What was fitted then gives the scores of 1 May"),
        ("zh", "2025年5月1日 的得分由它给出"),
    ],
)
def test_a_fit_of_a_day_before_is_told(place: Path, tongue: str, words: str) -> None:
    put(place, *empty_marts(), JUDGED.format("2025-05-01"))
    assert words in shown("churn_model", tongue)


def test_a_fit_of_the_day_is_not(place: Path) -> None:
    put(place, *empty_marts(), JUDGED.format("2025-04-30"))
    assert "120 customers at" in shown("churn_model")
    assert "Fitted" not in shown("churn_model")


def test_nor_is_one_of_a_shop_without_a_fit(place: Path) -> None:
    put(place, *empty_marts(), *JUDGED.format("2025-05-01").split(";")[:1])
    assert "120 customers at" in shown("churn_model")
