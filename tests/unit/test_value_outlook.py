"""Fits by cut-off, refits in one step, and intervals, on customers who live as the models say."""

import numpy as np
import pandas as pd
import pytest

from stayhouse.purchasing import fit_values_by_cutoff, foresee_orders
from stayhouse.purchasing.bg_nbd import BgNbd, Histories, contributions, fit
from stayhouse.purchasing.bootstrap import redrawn
from stayhouse.purchasing.outlook import HORIZONS, REFITS
from stayhouse.purchasing.values import COLUMNS

RHYTHM = BgNbd(0.6, 6.0, 1.2, 8.0)
P, Q, V = 2.4, 5.0, 90.0
CUT_OFF = pd.Timestamp("2024-06-01")
TERMS = pd.DataFrame({"discount_rate": [0.1]})


def lives(people: int, seed: int = 5) -> pd.DataFrame:
    """Histories of up to 70 weeks, and what follows: by horizon, what they bring."""
    rng = np.random.default_rng(seed)
    rate = rng.gamma(RHYTHM.r, 1 / RHYTHM.alpha, people)
    leaving = rng.beta(RHYTHM.a, RHYTHM.b, people)
    scale = rng.gamma(Q, 1 / V, people)
    age = rng.integers(1, 490, people)
    rows = []
    for one in range(people):
        at, times = 0.0, []
        while at < age[one] + 365:
            at += rng.exponential(7 / rate[one])
            times.append(at)
            if rng.random() < leaving[one]:
                break
        days = np.array(times)
        money = rng.gamma(P, 1 / scale[one], len(days))
        past = days <= age[one]
        row = {
            "repeat_count": int(past.sum()),
            "last_repeat_days": int(days[past].max(initial=0)),
            "age_days": int(age[one]),
            "repeat_net_sales": float(money[past].sum()),
        }
        for horizon in HORIZONS:
            then = ~past & (days <= age[one] + horizon)
            row[f"bring_{horizon}d"] = float(money[then].sum())
        rows.append(row)
    return pd.DataFrame(rows)


def grouped(people: pd.DataFrame, is_month_only: bool = False) -> tuple[pd.DataFrame, pd.DataFrame]:
    """As the models of SQL hand them over: histories, and spends by bins of ten pence."""
    keys = ["repeat_count", "last_repeat_days", "age_days"]
    histories = people.groupby(keys).size().rename("customer_count").reset_index()
    histories = histories.assign(
        cut_off_at=CUT_OFF, is_month_only=is_month_only, is_today=not is_month_only
    )
    mean = people["repeat_net_sales"] / people["repeat_count"].clip(lower=1)
    binned = people.assign(value_bin=(mean * 10).round().astype(int), customer_count=1)
    binned["net_sales"] = binned["repeat_net_sales"] + 40.0
    spends = binned.groupby(["repeat_count", "value_bin"], as_index=False)[
        ["customer_count", "net_sales", "repeat_net_sales"]
    ].sum()
    return histories, spends.assign(cut_off_at=CUT_OFF)


_ORDERS = ("expected_orders", "discounted_orders")
NO_FITS = pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS)


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    return lives(6_000)


@pytest.fixture(scope="module")
def outlook(people: pd.DataFrame) -> pd.DataFrame:
    histories, spends = grouped(people)
    fits = fit_values_by_cutoff(histories, spends, NO_FITS)
    found = foresee_orders(histories, spends, fits, TERMS)
    first = fits.iloc[0]
    joined = people.merge(found, on=["repeat_count", "last_repeat_days", "age_days"])
    worth = (
        first["p"]
        * (first["v"] + joined["repeat_net_sales"])
        / (first["p"] * joined["repeat_count"] + first["q"] - 1)
    )
    # What is told is of who is still a customer.
    alive = BgNbd(*(first[name] for name in ("r", "alpha", "a", "b"))).p_alive(
        joined["repeat_count"], joined["last_repeat_days"] / 7, joined["age_days"] / 7
    )
    orders = [f"{name}_{days}d" for name in _ORDERS for days in HORIZONS]
    for name in ["p_order_90d", *orders]:
        joined[name] *= alive
    return joined.assign(worth=worth)


@pytest.mark.parametrize("days", HORIZONS)
def test_totals_are_what_such_people_bring(outlook: pd.DataFrame, days: int) -> None:
    expected = (outlook[f"expected_orders_{days}d"] * outlook["worth"]).sum()
    assert expected == pytest.approx(outlook[f"bring_{days}d"].sum(), rel=0.06)


@pytest.mark.parametrize("days", HORIZONS)
def test_four_in_five_lie_inside_their_interval(outlook: pd.DataFrame, days: int) -> None:
    """Of who may well bring something. Of who will likely bring nothing, more than four in five do
    bring nothing, and nothing is all that the interval holds.
    """
    low, high = (outlook[f"{side}_spend_{days}d"] * outlook["worth"] for side in ("low", "high"))
    inside = (outlook[f"bring_{days}d"] >= low) & (outlook[f"bring_{days}d"] <= high)
    active = high > 0
    assert 0.77 < inside[active].mean() < 0.84
    assert inside[~active].mean() > 0.78
    assert (low <= high).all()
    assert (low[outlook["p_order_90d"] < 0.85] == 0).all() or days > 90


def test_waiting_takes_some_of_it_off(outlook: pd.DataFrame) -> None:
    """Between a whole horizon's waiting and none, and more the longer it is."""
    for days in HORIZONS:
        share = outlook[f"discounted_orders_{days}d"] / outlook[f"expected_orders_{days}d"]
        least = 1.1 ** (-days / 365)
        # Figures of nearly nothing have few digits.
        told = share[outlook[f"expected_orders_{days}d"] > 1e-4]
        assert told.min() >= least - 1e-4
        assert told.max() < 1
        if days == 30:
            assert told.to_numpy() == pytest.approx(least, rel=1e-4)


def test_months_have_expectations_alone(people: pd.DataFrame) -> None:
    histories, spends = grouped(people.head(500), is_month_only=True)
    found = foresee_orders(
        histories, spends, fit_values_by_cutoff(histories, spends, NO_FITS), TERMS
    )
    lives = histories[["repeat_count", "age_days"]].drop_duplicates()
    assert len(lives) < len(histories)
    assert set(found[["repeat_count", "age_days"]].itertuples(index=False)) == set(
        lives.itertuples(index=False)
    )
    assert len(found) == len(lives)
    assert (found["last_repeat_days"] == 0).all()
    assert found["expected_orders_365d"].notna().all()
    assert found["high_spend_90d"].isna().all()
    assert found["discounted_orders_90d"].isna().all()


def test_any_order_of_rows_gives_the_same_figures(people: pd.DataFrame) -> None:
    histories, spends = grouped(people.head(800))
    fits = fit_values_by_cutoff(histories, spends, NO_FITS)
    once = foresee_orders(histories, spends, fits, TERMS)
    mixed = histories.sample(frac=1, random_state=1), spends.sample(frac=1, random_state=2)
    again = foresee_orders(*mixed, fit_values_by_cutoff(*mixed, NO_FITS), TERMS)
    pd.testing.assert_frame_equal(once, again, check_exact=True)


def test_a_fit_that_stands_is_taken(people: pd.DataFrame) -> None:
    histories, spends = grouped(people.head(300))
    known = pd.DataFrame(
        {
            "cut_off_at": [CUT_OFF, pd.Timestamp("2020-01-01")], "customer_count": [7, 8],
            "r": [0.5, 1.0], "alpha": [7.0, 1.0], "a": [1.0, 1.0], "b": [3.0, 1.0],
            "log_likelihood": [-5.0, -6.0], "is_converged": [True, True], "split": ["x", "y"],
        }
    )  # fmt: skip
    found = fit_values_by_cutoff(histories, spends, known)
    assert found[["r", "alpha", "a", "b"]].to_numpy().tolist() == [[0.5, 7.0, 1.0, 3.0]]


def test_nothing_in_nothing_out() -> None:
    histories, spends = (part.head(0) for part in grouped(lives(3)))
    fits = fit_values_by_cutoff(histories, spends, NO_FITS)
    assert fits.empty
    assert foresee_orders(histories, spends, fits, TERMS).empty


def test_one_step_goes_where_a_refit_goes() -> None:
    """The spread of the parameters of refits in one step is that of refits in full."""
    people = lives(2_000, seed=6)
    histories, _ = grouped(people)
    x, t_x, age, weight = (
        histories[name].to_numpy(dtype="float64")
        for name in ("repeat_count", "last_repeat_days", "age_days", "customer_count")
    )
    groups = Histories(x, t_x / 7, age / 7, weight)
    model = fit(groups).model
    optimum = np.array([model.r, model.alpha, model.a, model.b])
    steps = redrawn(
        lambda logs: contributions(groups, np.exp(logs))[1] * np.exp(logs)[:, None],
        optimum, weight, REFITS, np.random.default_rng(1),
    )  # fmt: skip
    rng, whole = np.random.default_rng(2), []
    for _ in range(60):
        drawn = rng.multinomial(int(weight.sum()), weight / weight.sum()).astype(float)
        again = fit(Histories(x, t_x / 7, age / 7, drawn)).model
        whole.append([again.r, again.alpha, again.a, again.b])
    for place in (0, 1):
        ours = np.log(steps[:, place]).std()
        assert ours == pytest.approx(np.log(np.array(whole)[:, place]).std(), rel=0.3)
    assert np.log(steps[:, 0]).mean() == pytest.approx(np.log(model.r), abs=0.02)


@pytest.mark.parametrize(
    "model", [BgNbd(0.5, 7.0, 3_000.0, 22_000.0), BgNbd(20_000.0, 22_000.0, 0.5, 3.0),
              BgNbd(0.5, 7.0, 1.0, 3.0), BgNbd(0.5, 7.0, 0.0, 1.0)]
)  # fmt: skip
def test_parameters_at_their_bounds_give_figures(model: BgNbd) -> None:
    """More than none, no more than those of who never leaves, and more in more time."""
    x, t_x, age = (np.array(v) for v in ([0.0, 1.0, 9.0], [0.0, 5.0, 60.0], [50.0, 50.0, 61.0]))
    at = [model.expected_orders(x, t_x, age, days / 7) for days in HORIZONS]
    most = (model.r + x) / (model.alpha + age) * 365 / 7
    assert np.isfinite(at).all()
    assert (at[0] > 0).all()
    assert (np.diff(at, axis=0) > 0).all()
    assert (at[2] <= most * (1 + 1e-9)).all()
