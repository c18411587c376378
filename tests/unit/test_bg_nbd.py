"""BG/NBD in closed form, against the integrals that it solves and against simulated customers."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy import special

from stayhouse.purchasing import bg_nbd, fit_bg_nbd_by_cutoff
from stayhouse.purchasing.bg_nbd import BgNbd, Histories

MODEL = BgNbd(0.7, 5.0, 0.8, 2.5)
CUSTOMERS = [(0, 0.0, 30.0), (1, 4.0, 30.0), (3, 28.0, 30.0), (6, 10.0, 12.5)]


def over_people(given: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> float:
    """Integrate over the purchase rates and dropout probabilities of all people (Gauss)."""
    rates, gamma = special.roots_genlaguerre(150, MODEL.r - 1)
    places, beta = special.roots_sh_jacobi(60, MODEL.a + MODEL.b - 1, MODEL.a)
    values = given(rates[:, None] / MODEL.alpha, places[None, :])
    return float(gamma @ values @ beta / gamma.sum() / beta.sum())


def alive(x: int, age: float, rate: np.ndarray, dropout: np.ndarray) -> np.ndarray:
    """The likelihood of x purchases, each survived, and silence since the last one."""
    return np.asarray((rate * (1 - dropout)) ** x * np.exp(-rate * age))


def gone(x: int, last: float, rate: np.ndarray, dropout: np.ndarray) -> np.ndarray:
    """The likelihood of having left with the last of x purchases."""
    if x == 0:
        return np.zeros(np.broadcast_shapes(rate.shape, dropout.shape))
    return np.asarray(rate**x * (1 - dropout) ** (x - 1) * dropout * np.exp(-rate * last))


@pytest.mark.parametrize(("x", "last", "age"), CUSTOMERS)
def test_closed_forms_equal_their_integrals(x: int, last: float, age: float) -> None:
    weeks = 13.0
    one = [np.array([value], dtype="float64") for value in (x, last, age)]
    lives = over_people(lambda rate, dropout: alive(x, age, rate, dropout))
    whole = lives + over_people(lambda rate, dropout: gone(x, last, rate, dropout))
    histories = Histories(*one, weight=np.array([1.0]))
    assert bg_nbd.log_likelihood(histories, MODEL) == pytest.approx(np.log(whole), abs=1e-5)
    assert MODEL.p_alive(*one)[0] == pytest.approx(lives / whole, abs=1e-5)
    buys = over_people(
        lambda rate, dropout: alive(x, age, rate, dropout) * -np.expm1(-rate * weeks)
    )
    assert MODEL.p_order(*one, weeks=weeks)[0] == pytest.approx(buys / whole, abs=1e-5)
    # Who leaves with probability p after each purchase makes (1 - exp(-rate p h)) / p of them.
    orders = over_people(
        lambda rate, dropout: (
            alive(x, age, rate, dropout) * -np.expm1(-rate * dropout * weeks) / dropout
        )
    )
    assert MODEL.expected_orders(*one, weeks=weeks)[0] == pytest.approx(orders / whole, abs=1e-4)


def test_expected_orders_pass_over_the_poles() -> None:
    """At a = 1 the formula divides nothing by nothing; its neighbours agree about the value."""
    one = [np.array([value]) for value in (2.0, 8.0, 20.0)]
    below, at, above = (
        BgNbd(0.7, 5.0, a, 2.5).expected_orders(*one, weeks=10)[0] for a in (0.999, 1.0, 1.001)
    )
    assert below > at > above
    assert at == pytest.approx((below + above) / 2, rel=1e-5)
    # So it is at a + b = 1 for whoever bought once.
    once = [np.array([value]) for value in (0.0, 0.0, 20.0)]
    below, at, above = (
        BgNbd(0.7, 5.0, 0.4, b).expected_orders(*once, weeks=10)[0] for b in (0.599, 0.6, 0.601)
    )
    assert below < at < above
    assert at == pytest.approx((below + above) / 2, rel=1e-5)


def simulated(people: int, weeks: int, later: int) -> tuple[Histories, np.ndarray]:
    """Customers who live as the model says, and their purchases in the weeks after."""
    rng = np.random.default_rng(7)
    rates = rng.gamma(MODEL.r, 1 / MODEL.alpha, people)
    dropouts = rng.beta(MODEL.a, MODEL.b, people)
    # Purchases that a customer makes before leaving, however long that takes.
    ages = rng.uniform(weeks / 2, weeks, people)
    lived = rng.geometric(dropouts)
    x, last, after = np.zeros(people), np.zeros(people), np.zeros(people)
    for person in range(people):
        most = min(int(lived[person]), 2000)
        times = np.cumsum(rng.exponential(1 / max(rates[person], 1e-12), most))
        seen = times[times <= ages[person]]
        x[person] = len(seen)
        last[person] = seen[-1] if len(seen) else 0.0
        after[person] = np.sum((times > ages[person]) & (times <= ages[person] + later))
    return Histories(x, last, ages, np.ones(people)), after


def test_a_fit_recovers_who_it_was_made_of() -> None:
    histories, after = simulated(20_000, weeks=100, later=26)
    fitted = bg_nbd.fit(histories)
    assert fitted.converged
    # About three standard errors each at this size.
    assert fitted.model.r == pytest.approx(MODEL.r, rel=0.08)
    assert fitted.model.alpha == pytest.approx(MODEL.alpha, rel=0.12)
    assert fitted.model.a / (fitted.model.a + fitted.model.b) == pytest.approx(0.8 / 3.3, rel=0.06)
    assert fitted.log_likelihood >= bg_nbd.log_likelihood(histories, MODEL)
    seen = (histories.frequency, histories.recency, histories.age)
    expected = fitted.model.expected_orders(*seen, weeks=26)
    assert expected.mean() == pytest.approx(after.mean(), rel=0.03)
    orders = fitted.model.p_order(*seen, weeks=26)
    assert orders.mean() == pytest.approx((after > 0).mean(), abs=0.01)
    top = orders >= np.quantile(orders, 0.9)
    assert orders[top].mean() == pytest.approx((after[top] > 0).mean(), abs=0.03)


def rows_of(histories: list[tuple[int, int, int, int]]) -> pd.DataFrame:
    frame = pd.DataFrame(
        histories, columns=["repeat_count", "last_repeat_days", "age_days", "customer_count"]
    )
    return frame.assign(cut_off_at=pd.Timestamp("2024-01-01"))


def test_weights_count_customers_and_order_does_not() -> None:
    grouped = rows_of([(0, 0, 300, 50), (1, 20, 200, 20), (4, 190, 200, 10), (2, 60, 300, 7)])
    single = grouped.loc[grouped.index.repeat(grouped["customer_count"])].assign(customer_count=1)
    fitted = fit_bg_nbd_by_cutoff(grouped)
    assert fitted["customer_count"].tolist() == [87]
    assert fitted["is_converged"].tolist() == [True]
    pd.testing.assert_frame_equal(fit_bg_nbd_by_cutoff(single), fitted, rtol=1e-5)
    pd.testing.assert_frame_equal(fit_bg_nbd_by_cutoff(grouped[::-1]), fitted, check_exact=True)


def test_each_cut_off_is_fitted_alone() -> None:
    early = rows_of([(0, 0, 300, 50), (1, 20, 200, 20), (4, 190, 200, 10)])
    late = rows_of([(0, 0, 300, 80), (2, 30, 200, 20)]).assign(
        cut_off_at=pd.Timestamp("2024-02-01")
    )
    both = fit_bg_nbd_by_cutoff(pd.concat([late, early]))
    pd.testing.assert_frame_equal(both[:1], fit_bg_nbd_by_cutoff(early), check_exact=True)
    assert fit_bg_nbd_by_cutoff(early[:0]).empty


def test_without_a_repeat_purchase_the_mean_is_shrunk_and_nobody_leaves() -> None:
    """One repeat purchase can be fitted, none cannot."""
    nobody = Histories(*(np.array([value]) for value in (0.0, 0.0, 10.0)), weight=np.array([40.0]))
    failed = bg_nbd.fit(nobody)
    assert not failed.converged
    assert failed.model.a == 0
    x, last, age = np.array([0.0, 3.0]), np.array([0.0, 1.0]), np.array([10.0, 10.0])
    assert failed.model.p_alive(x, last, age).tolist() == [1.0, 1.0]
    # (r + x) / (alpha + T): half a purchase of forty people, one mean age and a week of prior.
    rates = failed.model.expected_orders(x, last, age, weeks=1.0)
    assert rates == pytest.approx([0.0125 / 21, 3.0125 / 21])
    some = Histories(*(np.array(v) for v in ([0.0, 1.0], [0.0, 4.0], [10.0, 10.0])),
                     weight=np.array([40.0, 5.0]))  # fmt: skip
    assert bg_nbd.fit(some).converged


def test_a_search_that_is_cut_short_is_no_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    histories, _ = simulated(500, weeks=100, later=1)
    found = bg_nbd.minimize

    def hasty(*args: object, options: dict[str, object], **words: object) -> object:
        return found(*args, options={**options, "maxiter": 2}, **words)

    monkeypatch.setattr(bg_nbd, "minimize", hasty)
    failed = bg_nbd.fit(histories)
    assert not failed.converged
    assert failed.model.a == 0
    assert failed.model.r / failed.model.alpha == pytest.approx(
        histories.frequency.mean() / histories.age.mean(), rel=0.05
    )


def test_long_busy_histories_stay_numbers() -> None:
    """Four hundred purchases, then two years of silence: the odds of being gone pass 1e308."""
    one = [np.array([value]) for value in (400.0, 20.0, 124.0)]
    assert MODEL.p_order(*one, weeks=13).tolist() == pytest.approx([0.0], abs=1e-12)
