"""Ids in what has landed that meet nothing: of another kind, or misspelt, they are silently apart.

``stayhouse check`` asks the same of files before they land, where both tables lie among them; here
all that is known of the shop is there to be asked.
"""

from collections.abc import Iterator

import duckdb

from stayhouse.reports.losses import harmless, money_of, share

# Some meet nothing in any shop: former customers, and orders that land a day later.
_MOST = 0.5
# Landed beside what is wrong, an event is another with the same id, and a unit in two arms.
_AGAIN = "take the batch back ('stayhouse unland') and land it"

# Of the latest events, as of all it would be told when it is too late to mend a night.
_LATEST = """(
    select * from core.events
    qualify batch_id = max(batch_id) over (partition by source_name)
)"""


def _strangers(relation: str, name: str) -> str:
    """Return the query of how many customers of a relation are known by nothing, of how many."""
    # Without profiles, whoever did not buy is known by nothing: nobody can tell if an id is wrong.
    return f"""
with seen as (
    select distinct source_name, {name} as name, customer_id from {relation}
    where customer_id is not null
),

known as (
    select source_name, customer_id from core.customers where has_profile
    union
    select source_name, named_customer_id from core.orders where named_customer_id is not null
)

select s.name, count(*) filter (k.customer_id is null), count(*)
from seen as s
left join known as k on s.source_name = k.source_name and s.customer_id = k.customer_id
where s.source_name in (select source_name from core.customers where has_profile)
group by s.source_name, s.name
order by s.source_name, s.name
"""


_CUSTOMERS = _strangers(_LATEST, "source_name")
_UNITS = _strangers("core.exposures", "experiment_id")
_REACHED = _strangers("core.contacts", "campaign_id")
_PURCHASES = f"""
with bought as (
    select distinct source_name, order_id from {_LATEST}
    where event_type = 'purchase' and order_id is not null
)

select b.source_name, count(*) filter (o.order_id is null), count(*)
from bought as b
left join core.orders as o on b.source_name = o.source_name and b.order_id = o.order_id
where b.source_name in (select source_name from core.orders)
group by b.source_name
order by b.source_name
"""
_ARMS = """
select
    experiment_id,
    count(distinct unit_id) filter (not is_planned),
    count(distinct unit_id),
    string_agg(distinct arm, ', ' order by arm) filter (not is_planned),
    (source_name, experiment_id) in (
        select (e.source_name, e.experiment_id) from core.experiments as e
    )
from core.exposures
group by source_name, experiment_id
order by source_name, experiment_id
"""
_REFUNDS = """
select
    count(*) filter (order_id is null),
    count(*),
    coalesce(-sum(amount) filter (order_id is null), 0),
    (select any_value(base_currency) from core.clock)
from core.money_lines
where kind = 'refund'
"""
_CAMPAIGNS = """
select c.campaign_id, count(*)
from core.contacts as c
where c.campaign_id is not null and not exists (
    select 1 from core.campaigns as k
    where c.source_name = k.source_name and c.campaign_id = k.campaign_id
)
group by c.source_name, c.campaign_id
order by c.source_name, c.campaign_id
"""


def unmet_ids(con: duckdb.DuckDBPyConnection, rate: float) -> Iterator[str]:
    """Yield what ids of the latest events, of refunds, experiments and campaigns meet nothing.

    Each as a sentence without its full stop.

    Args:
        con: a connection to the warehouse, or to a published file.
        rate: the share of refunds above which those of no order are told of.

    Raises:
        duckdb.CatalogException: the file lacks the marts.
    """
    for query, ids, become in (
        (
            _CUSTOMERS,
            "customers who were seen in the latest events of {name}",
            "have neither a profile nor an order: where these are ids of another kind, visits meet "
            f"no order; {_AGAIN} with the ids of customers",
        ),
        (
            _PURCHASES,
            "orders that the latest events of {name} tell of",
            "are not among its orders: where these are numbers of another kind, no visit is known "
            f"to have sold anything; {_AGAIN} with the ids of orders",
        ),
        (
            _UNITS,
            "units of experiment {name}",
            "are customers who have neither a profile nor an order: where these are ids of another "
            f"kind, nothing is measured of them; {_AGAIN} with the ids of customers",
        ),
        (
            _REACHED,
            "customers whom campaign {name} reached",
            "have neither a profile nor an order: where these are ids of another kind, nothing is "
            f"measured of them; {_AGAIN} with the ids of customers",
        ),
    ):
        for name, count, of_all in con.execute(query).fetchall():
            if count > 1 and count / of_all > _MOST:
                which = ids.format(name=harmless(str(name)))
                yield f"{count:,} of {of_all:,} {which} ({share(count / of_all)}) {become}"
    for count, of_all, amount, currency in con.execute(_REFUNDS).fetchall():
        if count > 1 and count / of_all > rate:
            yield (
                f"{count:,} of {of_all:,} refunds ({share(count / of_all)}), worth "
                f"{money_of(amount, currency)}, are of no order that is known: they lower net "
                f"sales, a customer's only where they name one; {_AGAIN} with the ids of orders"
            )
    for experiment, count, of_all, arms, is_known in con.execute(_ARMS).fetchall():
        name = harmless(experiment)
        if not is_known:
            yield (
                f"experiment {name}, which {of_all:,} units met, is in no plan, so nothing is told "
                "of it: land it with its arms in experiments"
            )
        elif count:
            yield (
                f"{count:,} of {of_all:,} units of experiment {name} ({share(count / of_all)}) met "
                f"what is no arm of it ({harmless(arms)}) and are in no result: {_AGAIN} with the "
                "arms of the plan, or land the plan with theirs"
            )
    for campaign, count in con.execute(_CAMPAIGNS).fetchall():
        yield (
            f"campaign {harmless(campaign)}, which sent {count:,} messages, is in no plan, so "
            "nothing is told of it: land it in campaigns"
        )
