"""The page Experiments without a browser: two sources with a plan of one name are two plans."""

import re
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from app.language import say_in
from tests.unit.test_app_pages import draw_page, empty_marts, place, put  # noqa: F401


def insert(table: str, **row: Any) -> str:
    """A row of a mart; columns that are not named are null."""
    columns = ", ".join(f"{value!r} as {name}" for name, value in row.items())
    return f"insert into experiments.{table} by name select {columns}"


def compared(source: str, name: str, verdict: str, effect: float, **others: Any) -> str:
    """A row of a plan's own metric: an arm of 100 units beside a control of 100."""
    row = {
        "source_name": source, "experiment_id": name, "metric": "order_rate_90",
        "metric_kind": "rate", "segment_kind": "all", "segment": "all", "arm": "new",
        "control_arm": "control", "unit_count": 100, "control_unit_count": 100,
        "eligible_count": 100, "control_eligible_count": 100, "control_mean": 0.25,
        "arm_mean": 0.25 + effect, "effect": effect, "effect_low": effect - 0.0625,
        "effect_high": effect + 0.0625, "p_adjusted": 0.5, "is_primary": True,
        "is_running": False, "verdict_code": verdict,
    }  # fmt: skip
    return insert("experiment_results", **{**row, **others})


def checked(source: str, name: str, code: str, is_passed: bool) -> str:
    return insert(
        "experiment_health", source_name=source, experiment_id=name, check_code=code,
        check_value=2.0, limit_value=0.0, is_passed=is_passed, is_withholding=not is_passed,
    )  # fmt: skip


@pytest.fixture
def two_shops(place: Path) -> None:  # noqa: F811
    """Of `promise` one shop has a plan that works and the other one that harms; of `paper` one."""
    parts = [
        compared("shop", "promise", "works", 0.125, segment_kind=kind, segment=part)
        for kind, part in (
            ("device", "mobile"), ("device", "unknown"), ("buyer_kind", "known"),
            ("country", "new"), ("first_category", "desktop"),
        )
    ]  # fmt: skip
    put(
        place, *empty_marts(),
        compared("shop", "promise", "works", 0.125),
        compared("other", "promise", "harms", -0.125),
        compared("shop", "paper", "not_shown", 0.0),
        *parts,
        checked("shop", "promise", "before_start", True),
        checked("other", "promise", "after_end", False),
        checked("shop", "paper", "two_arms", True),
        # Nobody says how its metric is counted, so no line of its results is its own.
        checked("shop", "metricless", "unknown_metric", False),
        compared("shop", "metricless", "withheld", 0.0, is_primary=False,
                 withheld_reason="unknown_metric"),
    )  # fmt: skip


def html(test: AppTest) -> str:
    return " ".join(str(element.proto.body) for element in test.main if element.type == "html")


def table(test: AppTest, key: str) -> list[list[str]]:
    found = re.search(rf'data-table="{key}">.*?<tbody>(.*?)</tbody>', html(test), re.DOTALL)
    assert found
    return [
        [re.sub("<[^>]+>", "", cell).strip() for cell in re.findall("<td.*?</td>", row)]
        for row in re.findall("<tr.*?</tr>", found[1])
    ]


def test_a_name_of_two_sources_is_two_plans(two_shops: None) -> None:
    """Each once, and with its source, which no other one has."""
    test = draw_page("experiments")
    assert [(row[0], row[1]) for row in table(test, "experiments_plans")] == [
        ("promise (shop)", "works"),
        ("promise (other)", "harms"),
        ("metricless", "cannot be told"),
        ("paper", "nothing shown"),
    ]
    (choice,) = (box for box in test.selectbox if box.key == "experiments-plan")
    assert sorted(choice.options) == ["metricless", "paper", "promise (other)", "promise (shop)"]
    assert say_in("en", "experiments.why_unknown_metric") in html(test)


@pytest.mark.parametrize(
    ("source", "effect", "verdict", "failed"),
    [("shop", "+12.5", "works", False), ("other", "12.5", "harms", True)],
)
def test_an_opened_plan_is_that_of_one_source(
    two_shops: None, source: str, effect: str, verdict: str, failed: bool
) -> None:
    test = draw_page("experiments", address=f"experiments-plan=promise ({source})")
    ((metric, _, _, shown, *_),) = table(test, "experiments_metrics")
    assert metric == "order_rate_90"
    assert effect in shown
    told = html(test) + " ".join(str(c.value) for c in test.caption)
    assert (say_in("en", "experiments.check_after_end", count="2") in told) is failed
    assert (say_in("en", "experiments.healthy", checks="1") in told) is not failed


@pytest.mark.parametrize(
    ("tongue", "words"),
    [
        ("en", {"mobile", "not known", "known", "new", "desktop"}),
        # A country or a category stays as the data have it, whatever it is called.
        ("zh", {"手机", "未知", "老客", "new", "desktop"}),
    ],
)
def test_parts_are_said_in_our_words_where_they_are_ours(
    two_shops: None, tongue: str, words: set[str]
) -> None:
    test = draw_page("experiments", tongue, address="experiments-plan=promise (shop)")
    assert {row[1] for row in table(test, "experiments_segments")} == words
