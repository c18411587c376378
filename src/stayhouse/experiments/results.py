"""Results of experiments as a DataFrame: every arm against its control, by metric and segment."""

from typing import Any

import numpy as np
import pandas as pd

from stayhouse.experiments.effects import (
    Effect,
    Sums,
    adjusted,
    adjusted_by_before,
    of_means,
    of_rates,
    relative_lift,
    sample_ratio,
    sequential_half_width,
)

_PLAN = ["source_name", "experiment_id"]
_CELL = [*_PLAN, "metric", "segment_kind", "segment"]
_SUMS = ["eligible_count", "y_sum", "yy_sum", "x_sum", "xx_sum", "xy_sum"]
_TEXT = dict.fromkeys((*_CELL, "arm"), "str")
_NUMBERS = (
    "control_mean", "arm_mean", "control_variance", "effect", "effect_low", "effect_high",
    "sequential_low", "sequential_high", "relative_lift", "relative_lift_low",
    "relative_lift_high", "p_value", "p_adjusted", "cuped_effect", "cuped_low", "cuped_high",
    "variance_ratio", "sample_ratio_p_value",
)  # fmt: skip
COLUMNS = {**_TEXT, **dict.fromkeys(_NUMBERS, "float64")}


def experiment_results(sums: pd.DataFrame, arms: pd.DataFrame) -> pd.DataFrame:
    """Return what each arm is above its control.

    Args:
        sums: per `source_name`, `experiment_id`, `arm`, `metric`, `kind` (rate or mean),
            `segment_kind` and `segment`: `eligible_count`, `least_count`, the units without which
            an arm is not told of, and the sums of the outcome y, of x, the same before, and of
            their products (`y_sum`, `yy_sum`, `x_sum`, `xx_sum`, `xy_sum`).
        arms: per plan and `arm`: `share` of the units, `unit_count`, `is_control`.

    Returns:
        The columns of `COLUMNS`, a row per cell of each arm that is no control and has a control
        beside it; p-values are adjusted over the metrics of a plan, and apart over its segments, of
        those cells that are told: the others have none.
    """
    controls = arms.loc[arms["is_control"], [*_PLAN, "arm"]]
    of_control = sums.merge(controls, on=[*_PLAN, "arm"])[[*_CELL, *_SUMS]]
    others = sums.merge(arms.loc[~arms["is_control"], [*_PLAN, "arm"]], on=[*_PLAN, "arm"])
    pairs = others.merge(of_control, on=_CELL, suffixes=("", "_of_control"))
    pairs = pairs.sort_values([*_CELL, "arm"], kind="stable", ignore_index=True)
    if pairs.empty:
        return pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS)
    found = pd.concat(
        [_compared(part, kind == "rate") for kind, part in pairs.groupby("kind")]
    ).sort_index()
    found["p_adjusted"] = np.nan
    units = pairs[["eligible_count", "eligible_count_of_control"]].min(axis="columns")
    told = found[units >= pairs["least_count"]]
    families = [*(told[name] for name in _PLAN), told["segment_kind"] == "all"]
    for _, rows in told.groupby(families):
        found.loc[rows.index, "p_adjusted"] = adjusted(rows["p_value"].to_numpy())
    ratios: dict[Any, float] = {
        plan: sample_ratio(part["unit_count"].to_numpy(), part["share"].to_numpy())
        for plan, part in arms.groupby(_PLAN)
    }
    plans = zip(*(found[name] for name in _PLAN), strict=True)
    found["sample_ratio_p_value"] = [ratios[plan] for plan in plans]
    return found[list(COLUMNS)].astype(COLUMNS)


def _compared(pairs: pd.DataFrame, is_rate: bool) -> pd.DataFrame:
    arm, control = (
        Sums(*(pairs[f"{name}{suffix}"].to_numpy("float64") for name in _SUMS))
        for suffix in ("", "_of_control")
    )
    plain: Effect = of_rates(arm, control) if is_rate else of_means(arm, control)
    half = sequential_half_width(plain.standard_error, arm.n + control.n)
    lift, lift_low, lift_high = relative_lift(arm, control, is_rate)
    cuped, ratio = adjusted_by_before(arm, control)
    return pairs[[*_CELL, "arm"]].assign(
        control_mean=control.mean(),
        arm_mean=arm.mean(),
        control_variance=control.variance(),
        effect=plain.effect,
        effect_low=plain.low,
        effect_high=plain.high,
        sequential_low=plain.effect - half,
        sequential_high=plain.effect + half,
        relative_lift=lift,
        relative_lift_low=lift_low,
        relative_lift_high=lift_high,
        p_value=plain.p_value,
        cuped_effect=cuped.effect,
        cuped_low=cuped.low,
        cuped_high=cuped.high,
        variance_ratio=ratio,
    )
