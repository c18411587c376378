"""Checks of what has one right answer: each returns the rows on which warehouse and truth differ.

They are functions, so that the mutation tests can ask them about other shops too. Every query
names the columns that both sides state and compares them as multisets: no row may be missing,
added or counted twice.
"""

from collections.abc import Callable

import pandas as pd

from stayhouse.landing.personal import hasher
from stayhouse.shop.writing.words import email_of
from tests.truth.shop import KEY, Shop

# A rejected row has a reason; that of the others is their disposition. An earlier version of an
# order, a customer or a product is nothing that was planted: it stands beside the later one. Nor
# is it planted that another night brings a rejected row as it should be.
_OUTCOMES = """
    select table_name, outcome, case when outcome = 'rejected' then reason_code end as reason_code,
        cast(sum(row_count) as bigint) as row_count
    from (
        select *,
            case
                when disposition <> 'superseded' then disposition
                when reason_code not in ('later_version', 'same_key_in_batch') then 'rejected'
                when reason_code = 'later_version'
                    and table_name in ('orders', 'customers', 'products') then 'accepted'
                else disposition
            end as outcome
        from core.data_quality
    )
    group by all
"""
_OUTCOMES_TRUTH = """
    select table_name, replace(outcome, 'rejected_line', 'rejected'), reason_code, row_count
    from truth.row_outcomes
"""
# Dirty rows one by one: a mistake may not be made good by another one.
_DIRTY_ROWS = """
    with checked as (
        select 'events' as table_name, landed_row, disposition, reason_code
        from core.int_events__checked
        union all
        select table_name, landed_row, disposition, reason_code from core.int_rows__checked
    )
    select c.* from checked as c
    semi join truth.dirt as d on c.table_name = d.table_name and c.landed_row = d.landed_row
"""
_DIRTY_ROWS_TRUTH = """
    select table_name, landed_row, outcome, reason_code
    from truth.dirt where outcome <> 'rejected_line'
"""
_SESSION = """
    visitor_id, started_at, ended_at, event_count, page_view_count, product_view_count,
    cart_add_count, purchase_count, has_identity_conflict
"""
_ORDER = """
    order_id, ordered_at, currency, gross_sales, discount_amount, refund_amount, cancelled_amount,
    net_sales, is_net_order
"""
_LINE = "order_id, kind, currency, native_amount, rate, amount, effective_at"
# Test orders are a platform's own; no customer of the truth made them.
_LEDGER = f"""
    select {_LINE} from core.money_lines
    where kind in ('item', 'discount', 'refund', 'cancellation')
        and coalesce(order_id, '') not in (select order_id from core.orders where is_test)
"""
# A guest has an account from the second order on, with the e-mail address of the first: then both
# are the customer's. Until then a guest is the address, and no other guest is; on a shared device,
# whoever used it (left out).
_OWNERS = """
    select order_id, coalesce(g.customer_id, o.person_id) as person_id
    from core.orders as o left join ({guests}) as g on o.person_id = g.person_id
    where not is_test and not (
        named_customer_id is null
        and visitor_id in (select visitor_id from truth.visitors where is_shared)
    )
"""
_OWNERS_TRUTH = """
    with orders as (
        select o.order_id, o.customer_id, v.visitor_id,
            not c.is_guest or count(*) over (partition by o.customer_id) > 1 as has_account
        from truth.orders as o
        inner join truth.customers as c on o.customer_id = c.customer_id
        inner join core.orders as v on o.order_id = v.order_id
    )
    select order_id,
        case when has_account then 'c:shop:' || customer_id else customer_id end
    from orders
    where has_account
        or visitor_id not in (select visitor_id from truth.visitors where is_shared)
"""
# An order holds a product once, however many lines or pieces there are of it.
_BASKETS = """
    with baskets as (
        select distinct o.order_id, m.product_id
        from core.orders as o
        inner join core.money_lines as m
            on o.source_name = m.source_name and o.order_id = m.order_id
        where m.kind = 'item' and not o.is_test
    )
    select p.product_id, p.paired_product_id,
        (select count(distinct order_id) from baskets) as order_count,
        (select count(*) from baskets as b where b.product_id = p.product_id) as with_product,
        (select count(*) from baskets as b where b.product_id = p.paired_product_id) as with_paired,
        (
            select count(*) from baskets as a inner join baskets as b on a.order_id = b.order_id
            where a.product_id = p.product_id and b.product_id = p.paired_product_id
        ) as with_both
    from truth.products as p
    where p.paired_product_id is not null
"""
# Who is held out is in no landed table; the truth lists all who consent and had arrived.
_CAMPAIGN_PEOPLE = """
    select replace(experiment_id, 'campaign_', '') as campaign_id, unit_id as customer_id,
        replace(arm, 'contacted', 'treated') as arm
    from staging.stg_shop__exposures
    where reason_code is null and experiment_id like 'campaign\\_%' escape '\\'
    union all
    select campaign_id, customer_id, 'global_holdout' from truth.campaign_effects
    where ('0x' || left(md5('global_holdout|' || customer_id), 8))::bigint % 10000 < 1000
"""


def outcomes(shop: Shop) -> pd.DataFrame:
    """Rows landed by table, outcome and reason."""
    return _differences(shop, _OUTCOMES, _OUTCOMES_TRUTH)


def dirty_rows(shop: Shop) -> pd.DataFrame:
    """Each planted flaw, by its place in its file."""
    return _differences(shop, _DIRTY_ROWS, _DIRTY_ROWS_TRUTH)


def sessions(shop: Shop) -> pd.DataFrame:
    """Each session: whose, when, and what was done in it."""
    return _differences(
        shop, f"select {_SESSION} from core.sessions", f"select {_SESSION} from truth.sessions"
    )


def orders(shop: Shop) -> pd.DataFrame:
    """Each order and its money to the last digit."""
    return _differences(
        shop,
        f"select {_ORDER} from core.orders where not is_test",
        f"select {_ORDER} from truth.orders",
    )


def ledger(shop: Shop) -> pd.DataFrame:
    """Each ledger line of sales, in its own currency and in the base currency."""
    return _differences(shop, _LEDGER, f"select {_LINE} from truth.money_lines")


def refunds(shop: Shop) -> pd.DataFrame:
    """The order that each refund counts against, also of those that name none."""
    return _differences(
        shop,
        "select refund_id, order_id from core.int_refunds__linked",
        "select refund_id, linked_order_id from truth.refunds",
    )


def owners(shop: Shop) -> pd.DataFrame:
    """The person of each order, also of guests who signed up later."""
    numbers = shop.both("select customer_id from truth.customers where is_guest")["customer_id"]
    keyed_hash = hasher(KEY)
    guests = ", ".join(
        f"('e:shop:' || md5('person|shop|{keyed_hash(email_of(int(number[1:])))}'), '{number}')"
        for number in numbers
    )
    found = _OWNERS.format(guests=f"select * from (values {guests}) as t(person_id, customer_id)")
    return _differences(shop, found, _OWNERS_TRUTH)


def product_pairs(shop: Shop) -> pd.DataFrame:
    """Each planted pair: the orders that hold the one, the other, and both."""
    return _differences(
        shop,
        _BASKETS,
        "select product_id, paired_product_id, order_count, orders_with_product, "
        "orders_with_paired, orders_with_both from truth.product_pairs",
    )


def campaign_people(shop: Shop) -> pd.DataFrame:
    """Each campaign's people: contacted, drawn as its control, held out of all."""
    return _differences(
        shop, _CAMPAIGN_PEOPLE, "select campaign_id, customer_id, arm from truth.campaign_effects"
    )


CHECKS: dict[str, Callable[[Shop], pd.DataFrame]] = {
    check.__name__: check
    for check in (
        *(outcomes, dirty_rows, sessions, orders, ledger, refunds, owners, product_pairs),
        *(campaign_people,),
    )
}


def _differences(shop: Shop, found: str, planted: str) -> pd.DataFrame:
    return shop.both(
        f"""
        (select 'found' as side, * from (({found}) except all ({planted})))
        union all
        (select 'planted' as side, * from (({planted}) except all ({found})))
        limit 20
        """
    )
