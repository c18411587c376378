"""Products: hidden factors, prices, pairs, refills, and the exact probabilities of choice."""

from dataclasses import dataclass

import numpy as np
from scipy import special

from stayhouse.shop.draws import Bools, Floats, Ints, integers, keys, normal, root_key, uniform
from stayhouse.shop.parameters import CATEGORIES, MODEL, PRODUCTS_PER_CATEGORY, REFILLS
from stayhouse.shop.settings import DAY_MS, Settings

TASTE_LEVELS = 8  # each of the two hidden factors and the spend level takes the middle of an eighth
LEVEL_VALUES: Floats = special.ndtri((np.arange(TASTE_LEVELS) + 0.5) / TASTE_LEVELS)
_TASTE_WEIGHT = 0.9
_SPEND_WEIGHT = 0.8
_ATTACH = 0.35  # a pair's second product is added to an order of the first this often
_BASE_PRICE = (24.0, 32.0, 12.0, 19.0, 36.0, 15.0, 58.0, 9.0)
REFILL_DAYS = (21, 24, 28, 30, 30, 35, 42, 45, 56, 60, 75, 90)


@dataclass(frozen=True)
class Catalogue:
    """Products 0, 1, ...; product ``p`` is of category ``p // PRODUCTS_PER_CATEGORY``."""

    factors: Floats  # (products, 2)
    quality: Floats  # (products,), standard normal
    price: Ints  # (products,), pence of GBP before any change
    new_price: Ints  # after the change
    changed_at: Ints  # ms; beyond the run where the price never changes
    is_dear: Bools  # among the dearest third of its category
    partner: Ints  # (products,), the product that is added to it, or -1
    refill_days: Ints  # (products,), 0 where it is not bought again at an interval
    choice: Floats  # (taste levels^3 * categories, products per category), cumulative
    attach: float

    def price_at(self, product: Ints, at_ms: Ints) -> Ints:
        """Return the price of each product at each instant, in pence of GBP."""
        return np.where(
            at_ms >= self.changed_at[product], self.new_price[product], self.price[product]
        )


def make_catalogue(settings: Settings) -> Catalogue:
    """Return the products of a seed: the same for every number of customers and days."""
    count = len(CATEGORIES) * PRODUCTS_PER_CATEGORY
    product = np.arange(count, dtype=np.int64)
    category = product // PRODUCTS_PER_CATEGORY
    key = keys(root_key(settings.seed), "product", product)
    factors = np.stack([normal(key, "factor 1"), normal(key, "factor 2")], axis=1)
    log_price = 0.45 * normal(key, "price")
    pounds = np.array(_BASE_PRICE)[category] * np.exp(log_price)
    price = np.maximum(np.rint(pounds).astype(np.int64) * 100 - 5, 195)
    ranks = _ranks_within(price, category)
    has_change = uniform(key, "price changes") < 0.25
    change_day = 40 + integers(key, "day of the change", 400)
    rise = np.where(uniform(key, "rise or fall") < 0.7, 1.08, 0.90)
    far = settings.start_ms + 100_000 * DAY_MS
    tastes = settings.has("tastes")
    partner = np.full(count, -1, dtype=np.int64)
    if tastes:
        # In each category but refills, the product of rank 2 draws one of the next category.
        for kind in range(REFILLS):
            second = ((kind + 1) % REFILLS) * PRODUCTS_PER_CATEGORY + 5
            partner[kind * PRODUCTS_PER_CATEGORY + 2] = second
    refill_days = np.zeros(count, dtype=np.int64)
    refill_days[category == REFILLS] = REFILL_DAYS
    return Catalogue(
        factors=factors,
        quality=normal(key, "quality"),
        price=price,
        new_price=np.rint(price * rise).astype(np.int64),
        changed_at=np.where(has_change, settings.start_ms + change_day * DAY_MS, far),
        is_dear=ranks >= PRODUCTS_PER_CATEGORY - PRODUCTS_PER_CATEGORY // 3,
        partner=partner,
        refill_days=refill_days,
        choice=_choice_table(factors, log_price, normal(key, "popularity"), tastes),
        attach=_ATTACH,
    )


def choice_row(taste_1: Ints, taste_2: Ints, spend: Ints, category: Ints) -> Ints:
    """Return the row of ``Catalogue.choice`` that holds for a customer in a category."""
    return ((taste_1 * TASTE_LEVELS + taste_2) * TASTE_LEVELS + spend) * len(CATEGORIES) + category


def _choice_table(factors: Floats, log_price: Floats, popularity: Floats, tastes: bool) -> Floats:
    shape = (len(CATEGORIES), PRODUCTS_PER_CATEGORY)
    weight = _TASTE_WEIGHT if tastes else 0.0
    first, second = (factors[:, axis].reshape(shape) for axis in (0, 1))
    level = LEVEL_VALUES
    utility = (
        0.5 * popularity.reshape(shape)
        + weight * level[:, None, None, None, None] * first
        + weight * level[None, :, None, None, None] * second
        + _SPEND_WEIGHT
        * MODEL.spend_sigma
        * level[None, None, :, None, None]
        * (log_price.reshape(shape) / 0.45)
    )
    odds = np.exp(utility)
    shares = odds / odds.sum(axis=-1, keepdims=True)
    return np.cumsum(shares, axis=-1).reshape(-1, PRODUCTS_PER_CATEGORY)


def _ranks_within(price: Ints, category: Ints) -> Ints:
    order = np.lexsort((np.arange(len(price)), price, category))
    ranks = np.empty(len(price), dtype=np.int64)
    ranks[order] = np.arange(len(price)) % PRODUCTS_PER_CATEGORY
    return ranks
