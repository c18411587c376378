"""Orders: their lines, totals, charges, refunds and versions, in the currency of the customer."""

from dataclasses import dataclass

import numpy as np

from stayhouse.shop.draws import Bools, Ints, Keys, cumulative_choice, integers, keys, uniform
from stayhouse.shop.parameters import PRODUCTS_PER_CATEGORY, ZONE_CURRENCY
from stayhouse.shop.population.catalogue import Catalogue, choice_row
from stayhouse.shop.population.circumstances import Circumstances
from stayhouse.shop.population.lives import Lives
from stayhouse.shop.population.people import People
from stayhouse.shop.settings import NEVER, Settings

MAX_LINES = 3
# Order numbers are 1000 times the customer's number plus the order's place in their life.
ORDERS_PER_CUSTOMER = 1000
COUPON_PERCENT = 10
EXTRA_LINE_SHARE = 0.22
# Price lists: pence of GBP to cents of each currency, in percent. They are not exchange rates.
PRICE_LIST_PERCENT = (100, 118, 128)
FREE_SHIPPING_FROM = 5000
SHIPPING = 395
TAX_DIVISOR = 6  # a tax of 20 % is one sixth of a price that includes it
GIFT_CARD_SHARE = 0.04
GIFT_CARD = 1000


@dataclass(frozen=True)
class Orders:
    """Orders in the order of ``Lives.orders``; line arrays have shape (orders, 3)."""

    person: Ints
    visit: Ints  # position in Lives.visits
    key: Keys
    number: Ints
    place: Ints  # 0 for the first order of a person, 1, ...
    at_ms: Ints
    currency: Ints
    product: Ints  # -1 where there is no such line
    quantity: Ints
    unit_price: Ints  # cents
    discount: Ints  # cents, of the whole line
    around: Circumstances

    def __len__(self) -> int:
        return len(self.person)

    @property
    def net(self) -> Ints:
        """Items minus discounts of each line, in cents; 0 where there is no line."""
        return self.quantity * self.unit_price - self.discount


@dataclass(frozen=True)
class Refunds:
    """Refund lines; ``order`` is a position in Orders."""

    key: Keys
    order: Ints
    line: Ints
    quantity: Ints
    amount: Ints  # cents
    at_ms: Ints
    names_order: Bools
    number: Ints


def make_orders(settings: Settings, catalogue: Catalogue, people: People, lives: Lives) -> Orders:
    """Return every order of these lives with its lines."""
    visits, around = lives.visits, lives.around
    chosen = lives.orders
    person, key, at_ms = visits.person[chosen], visits.key[chosen], visits.at_ms[chosen]
    place = _place(person)
    category = visits.category[chosen]
    row = choice_row(people.taste_1[person], people.taste_2[person], people.spend[person], category)
    extra = category * PRODUCTS_PER_CATEGORY + cumulative_choice(
        catalogue.choice, uniform(key, "extra product"), row
    )
    partner = catalogue.partner[around.product]
    has_partner = (partner >= 0) & (uniform(key, "pair") < catalogue.attach)
    is_refill = visits.is_refill[chosen]
    has_extra = (uniform(key, "extra line") < EXTRA_LINE_SHARE) & ~is_refill
    has_extra &= (extra != around.product) & (extra != partner)
    product = np.stack(
        [around.product, np.where(has_partner, partner, -1), np.where(has_extra, extra, -1)], axis=1
    )
    quantity = np.stack([around.units, has_partner * 1, has_extra * 1], axis=1)
    currency = np.array(ZONE_CURRENCY)[people.zone[person]]
    pence = catalogue.price_at(np.maximum(product, 0), at_ms[:, None])
    price = in_currency(pence, currency[:, None])
    gross = quantity * price
    discount = np.where(around.has_coupon[:, None], gross * COUPON_PERCENT // 100, 0)
    return Orders(
        person=person,
        visit=chosen,
        key=key,
        number=people.number[person] * ORDERS_PER_CUSTOMER + place,
        place=place,
        at_ms=at_ms,
        currency=currency,
        product=product,
        quantity=quantity,
        unit_price=np.where(product >= 0, price, 0),
        discount=discount,
        around=around,
    )


def in_currency(pence: Ints, currency: Ints) -> Ints:
    """Return list prices in cents of a currency from pence of GBP."""
    cents: Ints = pence * np.array(PRICE_LIST_PERCENT)[currency] // 100
    return cents


def make_refunds(orders: Orders) -> Refunds:
    """Return the refunds of orders that were delivered: one unit, one line, or everything."""
    may_be = orders.around.delivered_ms < NEVER
    draw = uniform(orders.key, "refund")
    # 0.03 of orders lose one unit of their first line, 0.02 all lines.
    partial, full = may_be & (draw < 0.03), may_be & (draw >= 0.03) & (draw < 0.05)
    order = np.concatenate([np.flatnonzero(partial), np.repeat(np.flatnonzero(full), MAX_LINES)])
    line = np.concatenate(
        [np.zeros(int(partial.sum()), np.int64), np.tile(np.arange(MAX_LINES), int(full.sum()))]
    )
    is_partial = np.arange(len(order)) < int(partial.sum())
    exists = np.flatnonzero(orders.product[order, line] >= 0)
    exists = exists[np.argsort(order[exists], kind="stable")]
    order, line, is_partial = order[exists], line[exists], is_partial[exists]
    quantity = np.where(is_partial, 1, orders.quantity[order, line])
    amount = orders.net[order, line] * quantity // orders.quantity[order, line]
    delay = (3.0 + 9.0 * uniform(orders.key[order], "refund delay")) * 86_400.0
    key = keys(orders.key[order], "refund", line + 1)
    return Refunds(
        key=key,
        order=order,
        line=line,
        quantity=quantity,
        amount=amount,
        at_ms=orders.around.delivered_ms[order] + np.rint(delay).astype(np.int64) * 1000,
        names_order=uniform(key, "names its order") >= 0.12,
        number=orders.number[order] * MAX_LINES + line,
    )


def charges(orders: Orders) -> tuple[Ints, Ints, Ints]:
    """Return (position of the order, kind, cents) of charges: 0 tax, 1 shipping, 2 gift card."""
    total = orders.net.sum(axis=1)
    shipping = np.where(total < FREE_SHIPPING_FROM, SHIPPING, 0)
    card = np.where(uniform(orders.key, "gift card") < GIFT_CARD_SHARE, GIFT_CARD, 0)
    amount = np.stack([total // TAX_DIVISOR, shipping, np.minimum(card, total)], axis=1)
    order, kind = np.nonzero(amount > 0)
    return order, kind, amount[order, kind]


def refund_reasons(refunds: Refunds) -> Ints:
    """Return the reason of each refund as an index into four reasons."""
    return integers(refunds.key, "refund reason", 4)


def _place(person: Ints) -> Ints:
    """0, 1, ... within each run of equal persons."""
    starts = np.flatnonzero(np.diff(person, prepend=-1))
    counts = np.diff(np.append(starts, len(person)))
    return np.arange(len(person)) - np.repeat(starts, counts)
