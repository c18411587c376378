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


def planned(name: str, ends_at: str | None) -> str:
    row = {"source_name": "shop", "experiment_id": name}
    end = {} if ends_at is None else {"ends_at": ends_at}
    return insert("experiments", **row, **end).replace(
        "experiments.experiments", "core.experiments"
    )


def powered(name: str, smallest: float = 0.0312) -> str:
    return insert(
        "experiment_plans", source_name="shop", plan_name=name, plan_kind="experiment",
        metric="order_rate_90", unit_count=5609, smallest_effect=smallest, is_underpowered=False,
    )  # fmt: skip


def texts(test: AppTest) -> str:
    """All sentences, without tags, as one line."""
    return re.sub(r"<[^>]+>", " ", html(test))


@pytest.fixture
def many_arms(place: Path) -> None:  # noqa: F811
    """Three arms of which one works; one arm against `blanco`; a plan that runs until June, one
    without an end, one that is withheld, and one of which 6 % met both arms."""
    three: dict[str, Any] = {"control_eligible_count": 1400, "control_unit_count": 1400}
    rated = {"segment_kind": "device", "segment": "mobile"}
    runs = {"is_running": True, "sequential_low": -0.0125, "sequential_high": 0.1375,
            "effect_low": 0.016, "effect_high": 0.087, "p_adjusted": 0.017}  # fmt: skip
    put(
        place, *empty_marts(),
        "insert into core.clock by name select 'EUR' as base_currency",
        *(compared("shop", "colours", "works", 0.125, arm="verde", eligible_count=1413,
                   unit_count=1413, p_adjusted=0.0002, **three, **part) for part in ({}, rated)),
        *(compared("shop", "colours", "not_shown", 0.0, arm="azul", eligible_count=1400,
                   unit_count=1400, p_adjusted=0.001, **three, **part) for part in ({}, rated)),
        compared("shop", "tienda", "harms", -0.125, arm="nuevo", control_arm="blanco"),
        compared("shop", "running", "not_shown", 0.0625, **runs),
        compared("shop", "endless", "works", 0.125, **runs),
        compared("shop", "broken", "withheld", 0.0, withheld_reason="sample_ratio"),
        compared("shop", "mixed", "not_shown", 0.0),
        *(compared("shop", "mixed", "not_shown", effect, metric=metric, is_primary=False,
                   metric_kind="mean", measure=measure, control_mean=20.5, arm_mean=20.5 + effect)
          for metric, measure, effect in (("net_sales_90", "net_sales", 1.25),
                                          ("orders_90", "orders", -0.5))),
        checked("shop", "colours", "before_start", True),
        checked("shop", "tienda", "before_start", True),
        checked("shop", "broken", "sample_ratio", False),
        insert("experiment_health", source_name="shop", experiment_id="mixed",
               check_code="two_arms", check_value=0.06, is_passed=False, is_withholding=False),
        insert("experiment_health", source_name="shop", experiment_id="mixed",
               check_code="unplanned_arm", check_value=1.0, is_passed=False, is_withholding=False),
        *(checked("shop", name, "too_young", True) for name in ("running", "endless")),
        *(powered(name) for name in ("colours", "tienda", "running", "broken", "mixed")),
        planned("running", "2025-06-30 00:00:00"), planned("endless", None),
    )  # fmt: skip


def test_several_arms_are_one_experiment(many_arms: None) -> None:
    """Of six plans `colours`, `tienda` and `endless` did something: seven lines, six plans."""
    test = draw_page("experiments")
    assert len(table(test, "experiments_plans")) == 7
    assert say_in("en", "experiments.headline", works="3", all="6") in texts(test)


def test_an_arm_is_named_where_there_are_several_or_the_control_has_another_name(
    many_arms: None,
) -> None:
    said = texts(test := draw_page("experiments"))
    assert "colours (verde against control) works" in said
    assert "tienda (nuevo against blanco) harms" in said
    assert "endless works" in said
    assert [row[0] for row in table(test, "experiments_plans")] == [
        "colours (verde against control)", "endless", "tienda (nuevo against blanco)", "broken",
        "colours (azul against control)", "mixed", "running",
    ]  # fmt: skip


def test_what_to_do_is_said_of_each_arm(many_arms: None) -> None:
    said = texts(test := draw_page("experiments", address="experiments-plan=colours"))
    for arm, verdict in (("verde", "works"), ("azul", "not_shown")):
        assert f"{arm} against control. {say_in('en', f'experiments.do_{verdict}')}" in said
    for key in ("experiments_metrics", "experiments_segments"):
        cells = {cell for row in table(test, key) for cell in row}
        assert cells >= {"verde against control", "azul against control", "below 0.001", "0.001"}
    # The fewest that any arm has: 1,400 of azul and 1,400 of its control, and no 5,609.
    assert "With 2,800 units, which azul against control have" in said
    assert "5,609" not in said
    assert "is taken as control" not in said
    said = texts(draw_page("experiments", address="experiments-plan=tienda"))
    assert "blanco, the first by name, is taken as control" in said
    assert "nuevo against blanco. Stop it" in said
    assert "With 200 units only an effect of 3.1 points" in said


def test_a_plan_that_runs_shows_the_interval_of_every_look(many_arms: None) -> None:
    test = draw_page("experiments", address="experiments-plan=running")
    rows = {row[0]: row[1:] for row in table(test, "experiments_plans")}
    assert rows["running"][0] == "nothing shown, runs until 30 Jun 2025"
    assert rows["endless"][0] == "works, still running"
    assert rows["mixed"][0] == "nothing shown"
    assert rows["running"][4:7] == ["+6.2 points", "−1.2 points", "+13.8 points"]
    assert "endless works: order_rate_90 is +12.5 points beside the control (−1.2 points" in (
        texts(test)
    )
    # Its chance would be that of one look.
    ((*_, low, high, _, chance, _),) = table(test, "experiments_metrics")
    assert (low, high, chance) == ("−1.2 points", "+13.8 points", "–")
    # A plan that is over shows that of one look.
    assert rows["mixed"][4:7] == ["0.0 points", "−6.2 points", "+6.2 points"]


def test_a_plan_that_is_withheld_says_nothing_of_what_could_be_seen(many_arms: None) -> None:
    said = texts(draw_page("experiments", address="experiments-plan=broken"))
    assert say_in("en", "experiments.do_withheld") in said
    assert "in four tests of five" not in said


def test_a_warning_is_said_before_what_to_do(many_arms: None) -> None:
    said = texts(test := draw_page("experiments", address="experiments-plan=mixed"))
    met = "6.0 % of the units met two arms"
    assert f"mixed is to be read with care: {met}" in said
    # Once in what the page says first, once of the opened plan.
    assert said.count(met) == 2
    assert said.rindex(met) < said.index(say_in("en", "experiments.do_not_shown"))
    assert "and are left out: 1." in said
    # What is withheld has its own line, and one only.
    assert "broken is to be read with care" not in said
    # Sales are money, orders are not.
    rows = {row[0]: row[1:] for row in table(test, "experiments_metrics")}
    assert rows["net_sales_90"][:3] == ["€20.50", "€21.75", "+€1.25"]
    assert rows["orders_90"][:3] == ["20.50", "20.00", "−0.50"]
