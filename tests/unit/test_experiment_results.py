"""Results of whole plans from their sums: what nine metrics find by chance is not told."""

import pandas as pd
import pytest

from stayhouse.experiments import experiment_results

# `new_colours` of `stayhouse shop --customers-per-year 2500 --days 510 --seed 1`: metric, kind; of
# the treatment and of the control units, sum and sum of squares. It did nothing.
SUMS = (
    ("order_rate_14", "rate", 1002, 147, 147, 998, 149, 149),
    ("order_rate_30", "rate", 1002, 269, 269, 998, 236, 236),
    ("order_rate_90", "rate", 1002, 465, 465, 998, 445, 445),
    ("orders_90", "mean", 1002, 1054, 3938, 998, 936, 3156),
    ("net_sales_90", "mean", 1002, 51355.7005, 13072826.736, 998, 41638.0962, 9184991.144),
    ("return_rate_7", "rate", 1002, 394, 394, 998, 390, 390),
    ("active_days_30", "mean", 1002, 1621, 5755, 998, 1542, 5314),
    ("minutes_30", "mean", 1002, 2778.0044, 29842.691, 998, 2612.7009, 24114.345),
    ("rating_90", "mean", 294, 1138.3, 4850.545, 290, 1109.75, 4719.3125),
)
PLAN = {"experiment_id": "new_colours", "segment_kind": "all", "segment": "all"}


def plan(source: str, metrics: tuple[str, ...]) -> pd.DataFrame:
    """Sums of these metrics of the plan at a source."""
    return pd.DataFrame(
        {**PLAN, "source_name": source, "arm": arm, "metric": metric, "kind": kind,
         "eligible_count": count, "least_count": 2,
         "y_sum": y, "yy_sum": yy, "x_sum": 0, "xx_sum": 0, "xy_sum": 0}
        for metric, kind, *sums in SUMS if metric in metrics
        for arm, (count, y, yy) in (("treatment", sums[:3]), ("control", sums[3:]))
    )  # fmt: skip


def test_the_largest_of_nine_by_chance_is_not_told() -> None:
    """Net sales has z = 2.25 and p .024: by itself a success, and one of nine none (.22)."""
    # A plan of the same name at another source is no part of it: there it is the only metric.
    sums = pd.concat(
        [plan("shop", tuple(row[0] for row in SUMS)), plan("other", ("net_sales_90",))]
    )
    arms = pd.DataFrame(
        {"source_name": source, "experiment_id": "new_colours", "arm": arm, "share": 0.5,
         "unit_count": count, "is_control": arm == "control"}
        for source in ("shop", "other") for arm, count in (("treatment", 1002), ("control", 998))
    )  # fmt: skip
    found = experiment_results(sums, arms).set_index(["source_name", "metric"])
    of_nine, alone = (found.loc[(source, "net_sales_90")] for source in ("shop", "other"))
    assert of_nine["p_value"] == alone["p_value"] == pytest.approx(0.0244, abs=1e-4)
    assert (of_nine["effect_low"] > 0, alone["p_adjusted"] < 0.05) == (True, True)
    assert of_nine["p_adjusted"] == pytest.approx(0.219, abs=1e-3)
    assert (found.loc["shop", "p_adjusted"] > 0.05).all()


def test_parts_that_are_not_told_count_in_no_family() -> None:
    """Of two parts the one with ten units in both arms is one test alone; nine, in the arm or in
    the control, is no test. With a unit more each is one, and the least p is doubled."""
    rates = {"told": (900, 300, 900, 200), "arm": (9, 9, 90, 9), "control": (90, 9, 9, 9)}

    def parts(*names: str, more: int = 0) -> pd.DataFrame:
        sums = pd.DataFrame(
            {**PLAN, "source_name": "shop", "arm": arm, "metric": "order_rate_90", "kind": "rate",
             "segment_kind": "country", "segment": name, "eligible_count": n + (n == 9) * more,
             "least_count": 10, "y_sum": y, "yy_sum": y, "x_sum": 0, "xx_sum": 0, "xy_sum": 0}
            for name in names for arm, n, y in
            (("new", *rates[name][:2]), ("control", *rates[name][2:]))
        )  # fmt: skip
        arms = pd.DataFrame(
            {"source_name": "shop", "experiment_id": "new_colours", "arm": arm, "share": 0.5,
             "unit_count": 1000, "is_control": arm == "control"} for arm in ("new", "control")
        )  # fmt: skip
        return experiment_results(sums, arms).set_index("segment")

    alone = parts("told")["p_value"]["told"]
    for name in ("arm", "control"):
        found = parts("told", name)
        assert found["p_value"].notna().all()
        assert found["p_adjusted"]["told"] == pytest.approx(alone)
        assert pd.isna(found["p_adjusted"][name])
        found = parts("told", name, more=1)
        assert found["p_adjusted"].notna().all()
        smallest = found["p_value"].idxmin()
        assert found["p_adjusted"][smallest] == pytest.approx(2 * found["p_value"][smallest])
