"""Experiments of a shop in another time zone, carried out well and badly, counted once more."""

import subprocess
import sys
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from tests.building import Run, copy_of_checkout
from tests.integration.experiment_shop import (
    AS_OF,
    EDGES,
    ERASED,
    PLANS,
    VARS,
    ZONE,
    ExperimentShop,
    experiment_shop,
)
from tests.naive_experiments import METRICS, Recount, Unit, benjamini_hochberg, compared
from tests.naive_plans import told_of_plan, told_of_proposal

KEY = "a secret of the test of experiments, and of no shop at all"
SEGMENTS = ("all", "device", "buyer_kind", "country", "first_category")
FIGURES = (
    *("control_mean", "arm_mean", "effect", "effect_low", "effect_high", "sequential_low"),
    *("sequential_high", "p_value", "cuped_effect", "cuped_low", "cuped_high", "variance_ratio"),
)
# What a plan is to show, and a test that is none yet, in how many days.
WANTED = {"promise": 0.3, "three": -0.5, "running": 0.1, "devices": 0.9, "rated": 0.6}
PROPOSED = {
    "quick": ("order_rate_30", 0.8, 5), "slow": ("orders_90", 0.8, 60),
    "rating": ("rating_90", 1.5, 28), "never": ("order_rate_30", 0.02, 90),
}  # fmt: skip
WITHHELD = {"metricless": "unknown_metric", "leaky": "sample_ratio", "backwards": "after_end"}


@pytest.fixture(scope="module")
def exported() -> ExperimentShop:
    return experiment_shop()


@pytest.fixture(scope="module")
def built(exported: ExperimentShop, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The shop landed, one of its people erased, and built as far as experiments go; with tests of
    its own in mind, which a project that was parsed elsewhere would not read."""
    folder = copy_of_checkout(tmp_path_factory.mktemp("experiments"))
    run = Run(folder, landing=folder / "landing", project=folder)
    exported.write(folder / "exports")
    rows = [f"{name},{PLANS[name][0]},{wanted}," for name, wanted in WANTED.items()]
    rows += [f"{name},{metric},{w},{days}" for name, (metric, w, days) in PROPOSED.items()]
    (folder / "seeds" / "experiment_proposals.csv").write_text(
        "\n".join(["proposal,metric,wanted_effect,planned_days", *rows]) + "\n", encoding="utf-8"
    )
    for words in (["land", "shop", str(folder / "exports")], ["erase", "--no-build"]):
        done = subprocess.run(
            [sys.executable, "-m", "stayhouse.cli", *words],
            cwd=folder, env={**run.environment(), "STAYHOUSE_PII_KEY": KEY},
            capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    laws = [f"tests/laws/experiment_{law}.sql" for law in (
        "units_are_exposures", "outcomes_equal_orders", "results_are_lawful"
    )]  # fmt: skip
    run.build(
        "--vars", VARS,
        "--select", "+experiment_results", "+experiment_plans", *laws,
        "--indirect-selection", "empty",
    )  # fmt: skip
    return run


@pytest.fixture(scope="module")
def recount(exported: ExperimentShop) -> Recount:
    return Recount(exported, AS_OF, ZONE, ERASED)


@pytest.fixture(scope="module")
def results(built: Run) -> dict[tuple[str, ...], dict[str, Any]]:
    keys = ["experiment_id", "metric", "segment_kind", "segment", "arm"]
    rows = built.frame("from experiments.experiment_results").replace({float("nan"): None})
    return {tuple(row[key] for key in keys): row for row in rows.to_dict("records")}


def close(value: float | None, relative: float) -> Any:
    return None if value is None else pytest.approx(value, rel=relative, abs=1e-9)


def verdict(key: tuple[str, ...], row: dict[str, Any]) -> str:
    """By the interval of every look while a plan runs, and a metric that is not its own by all."""
    if row["withheld_reason"] is not None:
        return "too_young" if row["withheld_reason"] == "too_young" else "withheld"
    primary, _, _, ends = PLANS[key[0]]
    kind = "sequential" if ends is None else "effect"
    is_own = (key[1], key[2]) == (primary, "all")
    if not (is_own or (row["p_adjusted"] or 1) < 0.05):
        return "not_shown"
    if row[f"{kind}_low"] > 0:
        return "works"
    return "harms" if row[f"{kind}_high"] < 0 else "not_shown"


def coming(units: list[Unit], metric: str, of: Recount) -> int:
    """Units of an arm that are eligible, or whose window is not over."""
    by_day, window = METRICS[metric][1] == "visit_days", timedelta(days=METRICS[metric][2])

    def is_over(unit: Unit) -> bool:
        if by_day:
            return bool(of.day(unit.exposed_at) + window < of.open_day)
        return bool(unit.exposed_at + window <= of.as_of)

    return sum(of.outcome(unit, metric)[2] or not is_over(unit) for unit in units)


# Without how many eligible units of either arm a cell is not told.
LEAST = 10


def test_units_are_those_exposed(built: Run, recount: Recount) -> None:
    found = {
        (row[0], row[1]): row[2:]
        for row in built.query(
            "select experiment_id, unit_id, arm, exposed_at, is_in_two_arms, is_counted, "
            "coalesce(device, 'unknown'), buyer_kind, coalesce(country, 'unknown'), "
            "coalesce(first_category, 'unknown') from experiments.experiment_units"
        )
    }
    expected = {
        key: (
            unit.arm, unit.exposed_at, len(unit.arms) > 1, unit.is_counted(PLANS[key[0]][1]),
            *(unit.segments[kind] for kind in SEGMENTS[1:]),
        )
        for key, unit in recount.units.items()
    }  # fmt: skip
    assert found == expected
    # Who asked to be erased was exposed, and is gone.
    assert not {unit for _, unit in found} & {ERASED, f"v{ERASED}"}
    assert {unit for _, _, unit, _ in recount.shop.exposures} >= {ERASED}


def test_outcomes_are_what_units_did(built: Run, recount: Recount) -> None:
    found = {
        row[:3]: row[3:]
        for row in built.query(
            "select experiment_id, unit_id, metric, outcome_value, value_before, is_eligible "
            "from experiments.experiment_outcomes"
        )
    }
    expected = {
        (*key, metric): recount.outcome(unit, metric)
        for key, unit in recount.units.items() if unit.is_counted(PLANS[key[0]][1])
        for metric in METRICS
    }  # fmt: skip
    assert found.keys() == expected.keys()
    for key, values in expected.items():
        assert found[key] == tuple(close(value, 1e-9) for value in values), key
    # Around 30 days before and after the exposure, and around itself: an order on the last instant
    # counts, and one at the exposure does not.
    after_and_before = [
        *((0, 0), (0, 1), (0, 1)), *((0, 1), (0, 0), (1, 0)), *((1, 0), (1, 0), (0, 0)),
    ]  # fmt: skip
    edges = [found["promise", unit, "order_rate_30"][:2] for unit in EDGES]
    assert edges == after_and_before
    # Whose 30 days end at the clock, and a second later.
    rates = [found["running", unit, "order_rate_30"][2] for unit in ("c8", "c9")]
    assert rates == [True, False]
    assert {values[1] is None for values in found.values()} == {True, False}


# Of values that are all but alike scipy says that it may be wrong; they are held all the same.
@pytest.mark.filterwarnings("ignore:Precision loss")
def test_results_are_those_of_scipy(
    results: dict[tuple[str, ...], dict[str, Any]], recount: Recount
) -> None:
    cells: dict[tuple[str, ...], dict[str, Any]] = {}
    for name, (_, arms, _, _) in PLANS.items():
        units = recount.counted(name)
        for kind in SEGMENTS:
            for part in sorted({unit.segments[kind] for unit in units}):
                of = {
                    arm: [u for u in units if (u.arm, u.segments[kind]) == (arm, part)]
                    for arm in arms
                }
                for arm in arms:
                    if arm in ("control", "only") or not of[arm]:
                        continue
                    for metric in METRICS:
                        cells[name, metric, kind, part, arm] = {
                            **compared(of[arm], of["control"], metric, recount),
                            "unit_count": len(of[arm]), "control_unit_count": len(of["control"]),
                            "coming": min(coming(of[a], metric, recount) for a in (arm, "control")),
                        }  # fmt: skip
    assert results.keys() == cells.keys()
    families: dict[Any, dict[Any, float]] = {}
    for key, cell in cells.items():
        eligible = min(cell["eligible_count"], cell["control_eligible_count"])
        if eligible >= LEAST and cell["p_value"] is not None:
            families.setdefault((key[0], key[2] == "all"), {})[key] = cell["p_value"]
    for family in families.values():
        for key, p_adjusted in benjamini_hochberg(family).items():
            cells[key]["p_adjusted"] = p_adjusted
    told = Counter()
    for key, cell in cells.items():
        row, eligible = results[key], min(cell["eligible_count"], cell["control_eligible_count"])
        for count in (
            "unit_count",
            "control_unit_count",
            "eligible_count",
            "control_eligible_count",
        ):
            assert row[count] == cell[count], key
        reason = WITHHELD.get(
            key[0],
            "few_units" if key[2] != "all" and cell["coming"] < 10
            else "too_young" if eligible < LEAST else None,
        )  # fmt: skip
        assert row["withheld_reason"] == reason, key
        told[reason] += 1
        for figure in (*FIGURES, "p_adjusted"):
            expected = cell.get(figure) if reason is None else None
            assert row[figure] == close(expected, 1e-6), (key, figure)
        assert row["verdict_code"] == verdict(key, row), key
    assert min(told[reason] for reason in (None, "few_units", "too_young", *WITHHELD.values())) >= 9


def test_what_was_carried_out_badly_is_told(built: Run, recount: Recount) -> None:
    rows = built.query(
        "select experiment_id, check_code, check_value, is_withholding, p_value, is_passed "
        "from experiments.experiment_health"
    )
    assert Counter(row[0] for row in rows) == dict.fromkeys(PLANS, 10)
    failed = {row[:2]: row[2:4] for row in rows if not row[5] and row[1] != "sample_ratio"}
    assert failed == {
        ("promise", "before_start"): (1, False),
        # At the very end it is over.
        ("promise", "after_end"): (2, False),
        ("promise", "unplanned_arm"): (1, False),
        ("one_arm", "empty_arm"): (1, True),
        ("backwards", "after_end"): (recount.unit_count("backwards"), True),
        ("leaky", "too_young"): (8, False),
        ("unexposed", "empty_arm"): (2, True),
        ("unexposed", "too_young"): (0, False),
        ("metricless", "unknown_metric"): (1, True),
        ("metricless", "too_young"): (0, False),
    }
    # One of more than a hundred in both arms is less than 1 %.
    two_arms = {row[0]: row[2] for row in rows if row[1] == "two_arms"}
    assert two_arms["promise"] == close(1 / recount.unit_count("promise"), 1e-9)
    ratios = {row[0]: row[4:] for row in rows if row[1] == "sample_ratio"}
    for name in PLANS:
        p_value = recount.sample_ratio(name)
        assert ratios[name] == (close(p_value, 1e-6), p_value is None or p_value >= 0.01), name


def test_a_plan_without_units_or_variance_divides_by_nothing(
    built: Run, results: dict[tuple[str, ...], dict[str, Any]]
) -> None:
    assert not {key for key in results if key[0] in ("unexposed", "one_arm")}
    for metric in ("orders_90", "order_rate_90"):
        flat = results["flat", metric, "all", "all", "new"]
        ends = ("effect_low", "effect_high", "cuped_low", "cuped_high")
        assert [flat[end] for end in ends] == [0] * 4
        assert (flat["effect"], flat["p_value"], flat["p_adjusted"]) == (0, None, None)
        assert flat["verdict_code"] == "not_shown"
    # Of three arms each stands against the control.
    controls = {
        (key[4], row["control_arm"])
        for key, row in results.items() if key[0] == "three" and key[2] == "all"
    }  # fmt: skip
    assert controls == {("a", "control"), ("b", "control")}
    plans = built.query(
        "select plan_name, planned_days, units_a_day, days_needed "
        "from experiments.experiment_plans where plan_name = 'backwards'"
    )
    assert plans == [("backwards", None, None, None)]


def test_plans_and_proposals_need_what_people_bring(built: Run, recount: Recount) -> None:
    rows = built.frame("from experiments.experiment_plans").astype(object)
    told_rows = rows.where(rows.notna(), None).to_dict("records")
    found = {row["plan_name"]: row for row in told_rows}
    expected = {
        name: told_of_plan(recount, name, WANTED.get(name))
        for name in ("promise", "promise_again", "three", "running", "flat", "devices", "rated")
    } | {name: told_of_proposal(recount, *asked) for name, asked in PROPOSED.items()}
    for name, told in expected.items():
        for column, value in told.items():
            assert found[name][column] == close(value, 1e-9), (name, column)
    # In one shop: enough came, or fewer than that; more than ever came; some have no value.
    days = {name: found[name]["days_needed"] for name in expected}
    assert [name for name in (*WANTED, *PROPOSED) if days[name] is None] == ["never"]
    assert any(found[n]["unit_count"] >= 2 * found[n]["arm_units_needed_80"] for n in PROPOSED)
    assert min(found[name]["value_share"] for name in ("rated", "rating")) < 1
