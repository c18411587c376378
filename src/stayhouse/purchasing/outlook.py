"""What buyers of the same history will do: orders expected, and how wide what happens may lie.

An interval is for what will happen, not for its mean. Buyers in about the same state share the
draws: for each of the refits (stayhouse.purchasing.bootstrap) whether they are customers still, how
often they would buy, when they would leave, and what that brings, in units of what an order day of
theirs brings on average.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from stayhouse.base.threads import one_thread
from stayhouse.purchasing.bg_nbd import BgNbd, Histories, contributions
from stayhouse.purchasing.bootstrap import redrawn
from stayhouse.purchasing.fits import DAYS_OF_WEEK, in_order
from stayhouse.purchasing.gamma_gamma import GammaGamma, Spends
from stayhouse.purchasing.gamma_gamma import contributions as spend_contributions
from stayhouse.purchasing.values import spends_of

HORIZONS = (30, 90, 365)
# What the end of a month is asked for: how wrong it was, and tiers.
MONTH_HORIZONS = (90, 365)
_MONTH_DAYS = 30
_YEAR_DAYS = 365
REFITS = 200
_DRAWS_A_REFIT = 2
_SEED = 22
# Of what happens, as much lies inside; half of the rest on either side where both sides are open.
_INSIDE = 0.8
_TAIL = (1 - _INSIDE) / 2
# Those in one state: so many repeat purchases, ages within a fifth, a tenth of P(alive).
_FREQUENCY_EDGES = np.array([0, 1, 2, 3, 4, 5, 7, 10, 15, 25, 50, 100])
_AGE_STEP = np.log(1.2)
_ALIVE_STEPS = 10
_DECIMALS = 9

_KEYS = {
    "cut_off_at": "datetime64[us]",
    "repeat_count": "int64",
    "last_repeat_days": "int64",
    "age_days": "int64",
}
_HISTORY = ["repeat_count", "last_repeat_days", "age_days"]
_SPEND = ["repeat_count", "value_bin"]
_MEASURES = ("expected_orders", "discounted_orders", "low_spend", "high_spend")
COLUMNS = (
    _KEYS
    | {"p_order_90d": "float64"}
    | {f"{measure}_{days}d": "float64" for days in HORIZONS for measure in _MEASURES}
)
_Columns = dict[str, np.ndarray]


@dataclass(frozen=True)
class _Models:
    """The two fits of a cut-off, and the parameters of each of their refits, a row each."""

    rhythm: BgNbd
    spend: GammaGamma
    rhythms: np.ndarray
    spends: np.ndarray


def foresee_orders(
    histories: pd.DataFrame, spends: pd.DataFrame, fits: pd.DataFrame, terms: pd.DataFrame
) -> pd.DataFrame:
    """Return what is to be expected of each purchase history.

    Args:
        histories: as for `fit_values_by_cutoff`; `is_month_only` says that expectations are enough,
            `is_today` that money is told.
        spends: likewise.
        fits: what that returned.
        terms: one row with `discount_rate`, a year's.

    Returns:
        One row per cut-off and history with the columns of `COLUMNS`: `expected_orders` and
        `discounted_orders` are numbers of order days and `p_order` the chance of one, of who is
        still a customer; `low_spend` and `high_spend` what buyers bring, over what an order day of
        theirs is expected to bring. Where `is_month_only`, there are but the expected orders of
        `MONTH_HORIZONS`, in one row for all `last_repeat_days`, which are 0; where not `is_today`,
        no `discounted_orders`.
    """
    rate = float(terms["discount_rate"].iloc[0]) if len(terms) else 0.0
    parts: list[_Columns] = []
    for cut_off_at, rows in histories.groupby("cut_off_at"):
        fit = fits.loc[fits["cut_off_at"] == cut_off_at].iloc[0]
        if rows["is_month_only"].iloc[0]:
            parts.append(_of_lives(fit, rows))
        else:
            theirs = spends[spends["cut_off_at"] == cut_off_at]
            parts.append(_foreseen(fit, in_order(rows), theirs, rate))
    return _below_each_other(parts)


def _below_each_other(parts: list[_Columns]) -> pd.DataFrame:
    """Return one frame of them, null where a part lacks a column: millions of rows, copied once."""
    if not parts:
        return pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS)
    columns = {}
    for name, kind in COLUMNS.items():
        found = [part.get(name, np.full(len(part["age_days"]), np.nan)) for part in parts]
        columns[name] = np.concatenate(found).astype(kind, copy=False)
    return pd.DataFrame(columns, copy=False)


def _of_lives(fit: pd.Series, rows: pd.DataFrame) -> _Columns:
    """Return the order days of each number of order days and age, not of each history."""
    lives = rows.iloc[_histories(rows).lives[0]].assign(last_repeat_days=0)
    return _keys(lives) | _ahead(_model(fit), _histories(lives), MONTH_HORIZONS)


def _foreseen(fit: pd.Series, rows: pd.DataFrame, spends: pd.DataFrame, rate: float) -> _Columns:
    """Return everything that is to be expected of each history, in their order."""
    model, groups = _model(fit), _histories(rows)
    with one_thread():
        models = _refits(fit, model, groups, spends_of(spends.sort_values(_SPEND, kind="stable")))
    first, which = groups.lives
    lives = Histories(*(part[first] for part in (*_seen(groups), groups.weight)))
    told = _ahead(model, lives, HORIZONS) | {
        "p_order_90d": model.p_order_while_alive(lives.frequency, lives.age, 90 / DAYS_OF_WEEK)
    }
    if rows["is_today"].iloc[0]:
        told |= _discounted(model, lives, rate)
    of_all = {name: values[which] for name, values in told.items()}
    return _keys(rows) | of_all | _rounded(_spreads(models, groups))


def _keys(rows: pd.DataFrame) -> _Columns:
    return {name: rows[name].to_numpy() for name in _KEYS}


def _ahead(model: BgNbd, lives: Histories, horizons: tuple[int, ...]) -> _Columns:
    """Return the order days of who is still a customer."""
    return {
        f"expected_orders_{days}d": model.orders_while_alive(
            lives.frequency, lives.age, days / DAYS_OF_WEEK
        )
        for days in horizons
    }


def _rounded(figures: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The last digits of a series are a machine's own."""
    return {name: np.round(values, _DECIMALS) for name, values in figures.items()}


def _model(fit: pd.Series) -> BgNbd:
    return BgNbd(*(float(fit[name]) for name in ("r", "alpha", "a", "b")))


def _seen(groups: Histories) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return groups.frequency, groups.recency, groups.age


def _histories(part: pd.DataFrame) -> Histories:
    x, t_x, age, weight = (
        part[name].to_numpy(dtype="float64") for name in (*_HISTORY, "customer_count")
    )
    return Histories(x, t_x / DAYS_OF_WEEK, age / DAYS_OF_WEEK, weight)


def _discounted(model: BgNbd, lives: Histories, rate: float) -> _Columns:
    """Return the order days of each horizon, each month's less what waiting for it takes off."""
    months = range(_MONTH_DAYS, _YEAR_DAYS, _MONTH_DAYS)
    so_far, total, found = np.zeros(len(lives.age)), np.zeros(len(lives.age)), {}
    for days in sorted({*months, *HORIZONS}):
        until = model.orders_while_alive(lives.frequency, lives.age, days / DAYS_OF_WEEK)
        total = total + (until - so_far) / (1 + rate) ** (days / _YEAR_DAYS)
        so_far = until
        if days in HORIZONS:
            found[f"discounted_orders_{days}d"] = total
    return found


def _refits(fit: pd.Series, model: BgNbd, groups: Histories, spends: Spends) -> _Models:
    """Return both models with their refits; a shrunken mean stays what it is."""
    rng = np.random.default_rng(_SEED)
    rhythm = np.array([model.r, model.alpha, model.a, model.b])
    spend = np.array([float(fit[name]) for name in ("p", "q", "v")])
    rhythms, worths = np.tile(rhythm, (REFITS, 1)), np.tile(spend, (REFITS, 1))
    if fit["is_converged"]:
        rhythms = redrawn(
            lambda logs: contributions(groups, np.exp(logs))[1] * np.exp(logs)[:, None],
            rhythm, groups.weight, REFITS, rng,
        )  # fmt: skip
    if not fit["fallback_reason"]:
        worths = redrawn(
            lambda logs: spend_contributions(spends, np.exp(logs))[1] * np.exp(logs)[:, None],
            spend, spends.weight, REFITS, rng,
        )  # fmt: skip
        # Mean values stay finite.
        worths[:, 1] = np.maximum(worths[:, 1], 1 + (spend[1] - 1) / 4)
    return _Models(model, GammaGamma(*spend), rhythms, worths)


def _spreads(models: _Models, groups: Histories) -> dict[str, np.ndarray]:
    """Return low and high of what each group brings, in units of an order day's expected value."""
    seen = _seen(groups)
    alive = models.rhythm.p_alive(*seen)
    bands = np.searchsorted(_FREQUENCY_EDGES, groups.frequency, side="right")
    ages = np.floor(np.log1p(groups.age) / _AGE_STEP).astype("int64")
    steps = np.minimum(np.floor(alive * _ALIVE_STEPS), _ALIVE_STEPS - 1).astype("int64")
    # One number a state, in the order of the three: draws are handed out in it.
    keys = (bands * (ages.max(initial=0) + 1) + ages) * _ALIVE_STEPS + steps
    state = pd.factorize(keys, sort=True)[0]
    people = np.bincount(state, groups.weight)

    def mean(values: np.ndarray) -> np.ndarray:
        return np.asarray(np.bincount(state, groups.weight * values) / people)

    middle = Histories(mean(groups.frequency), mean(groups.recency), mean(groups.age), people)
    nothing = {
        days: 1 - mean(models.rhythm.p_order(*seen, days / DAYS_OF_WEEK)) for days in HORIZONS
    }
    found = {}
    for days, drawn in _drawn(models, middle).items():
        # Where one in ten or more brings nothing, nothing is the lower end.
        open_below = nothing[days] >= _TAIL
        edges = np.quantile(drawn, [_TAIL, _INSIDE, 1 - _TAIL], axis=1)
        low = np.where(open_below, 0.0, edges[0])
        high = np.where(open_below, edges[1], edges[2])
        found[f"low_spend_{days}d"] = low[state]
        found[f"high_spend_{days}d"] = np.where(nothing[days] >= _INSIDE, 0.0, high)[state]
    return found


def _drawn(models: _Models, middle: Histories) -> dict[int, np.ndarray]:
    """Return by horizon what buyers of each state bring, shape (states, draws)."""
    rng = np.random.default_rng(_SEED + 1)
    x, t_x, age = (part[:, None] for part in (middle.frequency, middle.recency, middle.age))
    r, alpha, a, b = (np.repeat(part, _DRAWS_A_REFIT) for part in models.rhythms.T)
    p, q, v = (np.repeat(part, _DRAWS_A_REFIT) for part in models.spends.T)
    silence = (r + x) * (np.log(alpha + age) - np.log(alpha + t_x))
    gone = np.where(x > 0, a / np.maximum(b + x - 1, 1e-9) * np.exp(np.minimum(silence, 600)), 0.0)
    is_alive = rng.random(silence.shape) < 1 / (1 + gone)
    weekly = rng.gamma(r + x) / (alpha + age)
    leaving = rng.beta(np.maximum(a, 1e-9), b + x)
    last = rng.geometric(np.clip(leaving, 1e-9, 1.0))
    # A refit's mean value of an order day beside the fit's, at a value in the middle.
    usual = models.spend.p * models.spend.v / (models.spend.q - 1)
    mean = p * (v + x * usual) / (p * x + q - 1) / usual if usual > 0 else 1.0
    own = mean * (p * x + q - 1) / p / rng.gamma(q + p * x)
    found = {}
    for days in HORIZONS:
        orders = np.minimum(rng.poisson(weekly * days / DAYS_OF_WEEK), last) * is_alive
        found[days] = np.where(orders > 0, rng.gamma(np.maximum(p * orders, 1e-9)) * own, 0.0)
    return found
