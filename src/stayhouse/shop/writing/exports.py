"""Rows of every table but events, as a platform would export them."""

import numpy as np

from stayhouse.shop.draws import Ints, integers, keys, root_key, uniform
from stayhouse.shop.orders.orders import (
    ORDERS_PER_CUSTOMER,
    Orders,
    Refunds,
    charges,
    refund_reasons,
)
from stayhouse.shop.parameters import CHANNELS
from stayhouse.shop.population.catalogue import Catalogue
from stayhouse.shop.population.contacts import Plan, campaign_count
from stayhouse.shop.population.people import People
from stayhouse.shop.settings import DAY_MS, HOUR_MS, NEVER, Settings
from stayhouse.shop.tables import Records, records
from stayhouse.shop.visits.events import GUIDES
from stayhouse.shop.visits.sessions import ORDER, REVIEW, SLOT, Sessions, signed_up_ms
from stayhouse.shop.writing.assignments import campaigns_due_ms

STATUSES = ("placed", "paid", "shipped", "delivered", "cancelled")
_PAID, _DELIVERED, _CANCELLED = 1, 3, 4
# A contact is exported two days after it was sent, when opens and clicks have come in.
CONTACT_EXPORT_MS = 2 * DAY_MS
TEST_ORDER_SHARE = 0.004  # of customers: one is placed an hour after they came
_OPEN_SHARE = (0.30, 0.45)  # at a bad and at a good hour
_CLICK_SHARE = 0.30  # of those who opened


def order_records(
    settings: Settings, people: People, orders: Orders, sessions: Sessions
) -> dict[str, Records]:
    """Return orders (a version when paid, one when delivered or cancelled), lines and charges."""
    person = orders.person
    signed = signed_up_ms(settings, people, orders)
    customer = np.where(orders.at_ms >= signed[person], people.number[person], -1)
    ended = np.minimum(orders.around.delivered_ms, orders.around.cancelled_ms)
    is_cancelled = orders.around.is_cancelled
    visitor = np.full(len(orders), -1, dtype=np.int64)
    ordering = sessions.kind == ORDER
    visitor[sessions.order[ordering]] = sessions.visitor[ordering]
    both = {
        "order": np.tile(orders.number, 2),
        "customer": np.tile(customer, 2),
        "owner": np.tile(people.number[person], 2),
        "visitor": np.tile(visitor, 2),
        "ordered": np.tile(orders.at_ms, 2),
        "promised": np.tile(orders.around.promised_ms, 2),
        "currency": np.tile(orders.currency, 2),
        "coupon": np.tile(np.where(orders.around.has_coupon, 0, -1), 2),
        "is_test": 0,
    }
    updated = np.concatenate([orders.at_ms + 1000, ended])
    count = len(orders)
    delivered = np.where(is_cancelled, -1, orders.around.delivered_ms)
    order, line = np.nonzero(orders.product >= 0)
    of_charge, kind, amount = charges(orders)
    return {
        "orders": records(
            "orders",
            2 * count,
            due=updated,
            tie=np.tile(orders.number, 2),
            updated=updated,
            delivered=np.concatenate([np.full(count, -1), delivered]),
            status=np.concatenate(
                [np.full(count, _PAID), np.where(is_cancelled, _CANCELLED, _DELIVERED)]
            ),
            **both,
        ),
        "order_lines": records(
            "order_lines",
            len(order),
            due=orders.at_ms[order] + 1000,
            tie=orders.number[order] * 4 + line,
            order=orders.number[order],
            line=line + 1,
            product=orders.product[order, line],
            quantity=orders.quantity[order, line],
            price=orders.unit_price[order, line],
            discount=orders.discount[order, line],
        ),
        "order_charges": records(
            "order_charges",
            len(of_charge),
            due=orders.at_ms[of_charge] + 1000,
            tie=orders.number[of_charge] * 4 + kind,
            order=orders.number[of_charge],
            kind=kind,
            amount=amount,
        ),
    }


def test_order_records(people: People) -> dict[str, Records]:
    """Return the orders that staff place to try the shop out: flagged, and of nobody."""
    chosen = np.flatnonzero(uniform(people.key, "test order") < TEST_ORDER_SHARE)
    number = people.number[chosen] * ORDERS_PER_CUSTOMER + ORDERS_PER_CUSTOMER - 1
    at_ms = people.arrived_ms[chosen] + HOUR_MS
    return {
        "orders": records(
            "orders",
            len(chosen),
            due=at_ms,
            tie=number,
            order=number,
            owner=people.number[chosen],
            ordered=at_ms,
            updated=at_ms,
            status=_PAID,
            currency=0,
            is_test=1,
        ),
        "order_lines": records(
            "order_lines",
            len(chosen),
            due=at_ms,
            tie=number,
            order=number,
            line=1,
            product=0,
            quantity=1,
            price=100,
            discount=0,
        ),
    }


def refund_records(people: People, orders: Orders, refunds: Refunds, settings: Settings) -> Records:
    """Return refund lines; some name no order."""
    order = refunds.order
    signed = signed_up_ms(settings, people, orders)
    person = orders.person[order]
    return records(
        "refunds",
        len(order),
        due=refunds.at_ms,
        tie=refunds.number,
        refund=refunds.number,
        order=np.where(refunds.names_order, orders.number[order], -1),
        customer=np.where(refunds.at_ms >= signed[person], people.number[person], -1),
        product=orders.product[order, refunds.line],
        quantity=refunds.quantity,
        amount=refunds.amount,
        currency=orders.currency[order],
        refunded=refunds.at_ms,
        reason=refund_reasons(refunds),
    )


def customer_records(settings: Settings, people: People, orders: Orders) -> Records:
    """Return customers: a version at sign-up and, for some, one when their profile changes."""
    signed = signed_up_ms(settings, people, orders)
    has_account = np.flatnonzero(signed < NEVER)
    who = people.take(has_account)
    changes = np.flatnonzero(uniform(who.key, "profile change") < 0.12)
    wait = (5 + integers(who.key[changes], "days to the change", 300)) * DAY_MS
    later = who.take(changes)
    first = signed[has_account]
    moves = uniform(later.key, "moves") < 0.6
    city = np.where(moves, (later.city + 1) % 5, later.city)
    updated = np.concatenate([first, first[changes] + wait])
    # Consent stays what it is: the plan of contacts was made with it.
    both = {
        name: np.concatenate([getattr(who, attribute), getattr(later, attribute)])
        for name, attribute in (
            ("customer", "number"),
            ("birth_year", "birth_year"),
            ("gender", "gender"),
            ("income", "income"),
            ("zone", "zone"),
            ("referrer", "referrer"),
            ("consents", "consents"),
        )
    }
    return records(
        "customers",
        len(updated),
        due=updated,
        tie=np.concatenate([who.number, later.number]),
        signed_up=np.concatenate([first, first[changes]]),
        updated=updated,
        city=np.concatenate([who.city, city]),
        **both,
    )


def review_records(people: People, orders: Orders, sessions: Sessions, codes: Ints) -> Records:
    """Return the reviews that were written in words, with the likes they had when exported."""
    chosen = np.flatnonzero((sessions.kind == REVIEW) & (sessions.counts[:, SLOT["review"]] > 0))
    order, key = sessions.order[chosen], sessions.key[chosen]
    known = sessions.known_from[chosen] == 0
    chosen, order, key = chosen[known], order[known], key[known]
    created = orders.around.reviewed_ms[order]
    likes = np.floor(-np.log(uniform(key, "likes")) * 1.5).astype(np.int64)
    return records(
        "reviews",
        len(chosen),
        due=created,
        tie=orders.number[order],
        review=orders.number[order],
        customer=people.number[orders.person[order]],
        text_key=key,
        text_code=codes[chosen],
        created=created,
        product=orders.product[order, 0],
        likes=likes,
        rating=orders.around.rating[order],
    )


def contact_records(settings: Settings, people: People, plan: Plan) -> Records:
    """Return one row for each message that was sent, with its opening and click."""
    person, campaign = np.nonzero(plan.arm == 0)
    key = keys(people.key[person], "contact", campaign + 1)
    sent = plan.sent_ms[person, campaign]
    good = plan.is_good_hour[person, campaign]
    opens = uniform(key, "opens") < np.array(_OPEN_SHARE)[good.astype(np.int64)]
    clicks = opens & (uniform(key, "clicks") < _CLICK_SHARE)
    opened = (
        sent + np.rint(12.0 * HOUR_MS * uniform(key, "opened at")).astype(np.int64) // 1000 * 1000
    )
    clicked = opened + 1000 * (5 + integers(key, "clicked at", 600))
    return records(
        "contacts",
        len(person),
        due=sent + CONTACT_EXPORT_MS,
        tie=people.number[person],
        campaign=campaign,
        customer=people.number[person],
        channel=plan.channel[person, campaign],
        sent=sent,
        opened=np.where(opens, opened, -1),
        clicked=np.where(clicks, clicked, -1),
    )


def erasure_records(settings: Settings, people: People) -> Records:
    """Return the requests of customers to be erased, some weeks after their arrival."""
    asks = uniform(people.key, "erasure") < (0.004 if settings.has("dirt") else 0.0)
    chosen = np.flatnonzero(asks)
    wait = (30 + integers(people.key[chosen], "days to the request", 200)) * DAY_MS
    requested = people.arrived_ms[chosen] + wait // 1000 * 1000
    return records(
        "erasure_requests",
        len(chosen),
        due=requested,
        tie=people.number[chosen],
        customer=people.number[chosen],
        requested=requested,
    )


def shop_records(settings: Settings, catalogue: Catalogue) -> dict[str, Records]:
    """Return the tables of the shop itself: products, content, campaigns, costs."""
    start = settings.start_ms
    product = np.arange(len(catalogue.price))
    changes = np.flatnonzero(catalogue.changed_at < settings.end_ms)
    count = campaign_count(settings)
    campaign = np.arange(count)
    day = np.repeat(np.arange(settings.days), len(CHANNELS) - 1)
    channel = np.tile(np.arange(len(CHANNELS) - 1), settings.days)
    spend_key = keys(root_key(settings.seed), "channel cost", day * 8 + channel)
    level = np.array([0, 30, 24, 4])[channel] * settings.customers_per_year / 1200.0
    cost = np.rint(level * (0.7 + 0.6 * uniform(spend_key, "cost")) * 100).astype(np.int64)
    return {
        "products": records(
            "products",
            len(product) + len(changes),
            due=np.concatenate([np.full(len(product), start), catalogue.changed_at[changes]]),
            tie=np.concatenate([product * 2, changes * 2 + 1]),
            product=np.concatenate([product, changes]),
            price=np.concatenate([catalogue.price, catalogue.new_price[changes]]),
            available=1,
            updated=np.concatenate([np.full(len(product), start), catalogue.changed_at[changes]]),
        ),
        "content": records(
            "content", GUIDES, due=start, tie=np.arange(GUIDES), content=np.arange(GUIDES)
        ),
        "campaigns": records(
            "campaigns", count, due=campaigns_due_ms(settings), tie=campaign, campaign=campaign
        ),
        "channel_costs": records(
            "channel_costs",
            len(day),
            due=start + (day + 1) * DAY_MS - 1,
            tie=np.arange(len(day)),
            channel=channel,
            day=day,
            cost=cost,
        ),
    }
