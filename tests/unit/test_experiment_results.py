"""Results of whole plans from their sums: what nine metrics find by chance is not told."""

import pandas as pd
import pytest

from stayhouse.experiments import experiment_results

UNITS = 600
METRICS = {
    "order_rate_14": "rate", "order_rate_30": "rate", "order_rate_90": "rate",
    "orders_90": "mean", "net_sales_90": "mean", "return_rate_7": "rate",
    "active_days_30": "mean", "minutes_30": "mean", "rating_90": "mean",
}  # fmt: skip


def plan(source: str, effects: dict[str, float]) -> pd.DataFrame:
    """Sums of two arms of 600 units: of means with a variance of 1, of rates about a half."""
    rows = []
    for metric, effect in effects.items():
        for arm, more in (("control", 0.0), ("new", effect)):
            mean = 0.5 + more
            spread = UNITS - 1 if METRICS[metric] == "mean" else UNITS * mean * (1 - mean)
            rows.append(
                {"source_name": source, "experiment_id": "new_colours", "arm": arm,
                 "metric": metric, "kind": METRICS[metric], "segment_kind": "all",
                 "segment": "all", "eligible_count": UNITS, "y_sum": UNITS * mean,
                 "yy_sum": spread + UNITS * mean**2, "x_sum": 0.0, "xx_sum": 0.0, "xy_sum": 0.0}
            )  # fmt: skip
    return pd.DataFrame(rows)


def arms(*sources: str) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"source_name": source, "experiment_id": "new_colours", "arm": arm, "share": 0.5,
             "unit_count": UNITS, "is_control": arm == "control"}
            for source in sources for arm in ("control", "new")
        ]
    )  # fmt: skip


def test_the_largest_of_nine_by_chance_is_not_told() -> None:
    """`new_colours` did nothing, and has z = 2.25 on net sales: p .024, of nine .22."""
    z = 2.25 * (2 / UNITS) ** 0.5
    effects = dict.fromkeys(METRICS, 0.0) | {"net_sales_90": z}
    # A plan of the same name at another source is no part of it: there it is the only metric.
    sums = pd.concat([plan("shop", effects), plan("other", {"net_sales_90": z})])
    found = experiment_results(sums, arms("shop", "other")).set_index(["source_name", "metric"])
    of_nine, alone = (found.loc[source, "net_sales_90"] for source in ("shop", "other"))
    assert of_nine["p_value"] == alone["p_value"] == pytest.approx(0.0244, abs=3e-4)
    # By itself it would be told as a success.
    assert of_nine["effect_low"] > 0
    assert alone["p_adjusted"] == pytest.approx(alone["p_value"])
    assert of_nine["p_adjusted"] == pytest.approx(9 * of_nine["p_value"])
    assert of_nine["p_adjusted"] > 0.05
