"""The tables sessions, cohort_retention and rfm_segments by a script for this one shop.

With every column and row that ours have; ``tests.bench.first_load`` asserts it. It knows what a
general project cannot: which dirt the planted shop has, that no order has a discount of its own or
tax in its prices, one source, one zone and the default settings. It keeps no history and writes
nothing but the three tables: not events, ledger, visitor days, slices, nor what was rejected.
(``keeping.py`` has it keep what it reads.)
"""

from pathlib import Path

import duckdb

_SEEDS = Path(__file__).resolve().parents[3] / "seeds"
# Of each table, where its batch lies.
_BATCH = "cast(regexp_extract(filename, 'batch_id=([0-9]+)', 1) as integer) as batch_id"


def instant(column: str) -> str:
    """Text as a naive UTC timestamp, null where it is none."""
    return f"try_cast({column} as timestamptz) at time zone 'UTC'"


_EVENTS = f"""
create temp table bots as
select a.user_agent, min(p.bot_name) as bot_name
from (
    select distinct user_agent from read_parquet('{{events}}') where user_agent is not null
) as a
inner join read_csv('{_SEEDS}/bot_patterns.csv', all_varchar = true) as p
    on regexp_matches(a.user_agent, p.bot_pattern)
group by a.user_agent;

create temp table events as
with typed as (
    select
        *,
        {instant("occurred_at")} as occurred,
        {instant("received_at")} as received
    from read_parquet('{{events}}', filename = true)
)
select
    {_BATCH},
    e.landed_row,
    e.event_id,
    e.event_type,
    e.visitor_id,
    e.customer_id,
    b.bot_name,
    {{kept}}
    e.occurred as occurred_at,
    e.received as received_at
from typed as e
left join bots as b on e.user_agent = b.user_agent
where
    e.event_id is not null
    and e.event_type in (select event_type from read_csv('{_SEEDS}/event_types.csv'))
    and e.occurred >= timestamp '2000-01-01'
    and e.occurred <= least(e.data_until, e.landed_at + interval 1 day)
    and e.occurred <= coalesce(e.received, e.occurred)
    and (e.visitor_id is not null or e.customer_id is not null)
    and (e.received is not null or e.received_at is null)
    and (e.quantity is null or try_cast(e.quantity as bigint) >= 0)
    and (e.price is null or try_cast(e.price as decimal(18, 4)) >= 0)
    and (e.result_count is null or try_cast(e.result_count as bigint) is not null)
    and (e.load_ms is null or try_cast(e.load_ms as bigint) is not null)
    and (e.rating is null or try_cast(e.rating as bigint) is not null);

-- Of an event that comes more than once the first counts. Few do.
delete from events where (batch_id, landed_row) in (
    select (batch_id, landed_row)
    from events
    where hash(event_id) in (
        select hash(event_id) from events group by hash(event_id) having count(*) > 1
    )
    qualify row_number() over (
        partition by event_id order by batch_id, received_at nulls last, landed_row
    ) > 1
);
"""

_ORDERS = f"""
create temp table rates as
select
    currency,
    cast(rate as decimal(18, 8)) as rate,
    case when row_number() over (partition by currency order by rate_date) > 1
    then cast(rate_date as date) else date '0001-01-01' end as valid_from
from read_csv('{_SEEDS}/exchange_rates.csv', all_varchar = true)
where base_currency = 'GBP';

create temp table versions as
with typed as (
    select
        order_id,
        customer_id,
        visitor_id,
        email_hash,
        status,
        currency,
        coalesce(is_test, 'false') = 'true' as is_test,
        {_BATCH},
        landed_row,
        data_until,
        landed_at,
        {instant("ordered_at")} as ordered_at,
        {instant("updated_at")} as updated_at
    from read_parquet('{{orders}}', filename = true)
),

ranked as (
    select
        *,
        row_number() over (
            partition by order_id order by updated_at nulls first, batch_id, landed_row
        ) as version_number,
        row_number() over (
            partition by order_id
            order by updated_at desc nulls last, batch_id desc, landed_row desc
        ) = 1 as is_current,
        coalesce(
            updated_at,
            case
                when batch_id > min(batch_id) over (partition by order_id) then data_until
            end
        ) as changed_at
    from typed
    where
        order_id is not null
        and ordered_at >= timestamp '2000-01-01'
        and ordered_at <= least(data_until, landed_at + interval 1 day)
        and status in ('placed', 'paid', 'shipped', 'delivered', 'cancelled')
        and (currency = 'GBP' or currency in (select currency from rates))
)

select
    order_id,
    customer_id,
    visitor_id,
    email_hash,
    case when customer_id is null and email_hash is not null
    then 'e:shop:' || md5('person|shop|' || email_hash) end as email_person_id,
    status,
    currency,
    is_test,
    is_current,
    ordered_at,
    changed_at,
    case
        when version_number = 1 then ordered_at
        else greatest(coalesce(changed_at, ordered_at), ordered_at)
    end as known_at
from ranked;

create temp table clock as
select
    date_trunc('day', max(last_at)) as as_of_at,
    cast(date_trunc('day', max(last_at)) at time zone 'UTC' at time zone 'Europe/London' as date)
        as open_day
from (
    select max(occurred_at) as last_at from events
    union all
    select max(ordered_at) from versions
);
"""

# Which person a visitor is, and whose an order is.
_IDENTITY = f"""
create temp table owners_of_addresses as
with profiles as (
    select
        *,
        row_number() over (
            partition by customer_id order by updated nulls first, batch_id, landed_row
        ) as version_number
    from (
        select
            customer_id,
            email_hash,
            {_BATCH},
            landed_row,
            data_until,
            {instant("signed_up_at")} as signed_up,
            {instant("updated_at")} as updated
        from read_parquet('{{customers}}', filename = true)
        where customer_id is not null
    )
)

select email_hash, arg_min(customer_id, (known_at, customer_id)) as customer_id,
    min(known_at) as known_at
from (
    select
        email_hash,
        customer_id,
        coalesce(
            updated,
            case when version_number = 1 then signed_up end,
            data_until,
            signed_up
        ) as known_at
    from profiles
    where email_hash is not null
    union all
    select email_hash, customer_id, known_at
    from versions
    where email_hash is not null and customer_id is not null and not is_test
)
group by email_hash;

create temp table named as
select
    order_id,
    customer_id,
    max(visitor_id) as visitor_id,
    max(evidence) as evidence,
    bool_or(is_current) as is_current,
    bool_or(is_test) as is_test,
    min(ordered_at) as ordered_at,
    min(known_at) as known_at
from (
    select order_id, customer_id, visitor_id, 'order' as evidence, is_current, is_test, ordered_at,
        known_at
    from versions
    where customer_id is not null
    union all
    select v.order_id, o.customer_id, v.visitor_id, 'email', v.is_current, v.is_test, v.ordered_at,
        greatest(o.known_at, v.known_at)
    from versions as v
    inner join owners_of_addresses as o on v.email_hash = o.email_hash
    where v.customer_id is null
)
group by order_id, customer_id;

create temp table sightings as
select visitor_id, customer_id, 'c:shop:' || customer_id as person_id, 'event' as evidence,
    occurred_at as seen_at, coalesce(received_at, occurred_at) as known_at
from events
where visitor_id is not null and customer_id is not null
union all
select visitor_id, customer_id, 'c:shop:' || customer_id, evidence, ordered_at, known_at
from named
where visitor_id is not null and not is_test
union all
select visitor_id, null, email_person_id, 'email', ordered_at, known_at
from versions
where visitor_id is not null and email_person_id is not null and not is_test;

-- Nearly every visitor is of one person: only of the others are sightings put in order.
create temp table identity_map as
with visitors as (
    select
        visitor_id,
        min(customer_id) as customer_id,
        case when min(customer_id) is null then min(person_id) = max(person_id)
        else min(customer_id) = max(customer_id) end as is_one_person,
        case when min(customer_id) is null then min(person_id)
        else 'c:shop:' || min(customer_id) end as person_id,
        coalesce(min(known_at) filter (customer_id is not null), min(known_at)) as known_at
    from sightings
    group by visitor_id
),

numbered as (
    select
        *,
        sum(case when previous_person_id = person_id then 0 else 1 end) over (
            partition by visitor_id order by seen_at, known_at, person_id, evidence
            rows unbounded preceding
        ) as run_number
    from (
        select
            s.*,
            lag(s.person_id) over (
                partition by s.visitor_id
                order by s.seen_at, s.known_at, s.person_id, s.evidence
            ) as previous_person_id
        from sightings as s
        inner join visitors as v on s.visitor_id = v.visitor_id
        where not v.is_one_person and (s.customer_id is not null or v.customer_id is null)
    )
),

runs as (
    select visitor_id, customer_id, person_id, run_number, min(seen_at) as first_seen_at,
        min(known_at) as known_at
    from numbered
    group by visitor_id, customer_id, person_id, run_number
),

shared as (
    select visitor_id, first_seen_at as shared_from
    from (
        select visitor_id, customer_id, person_id, min(first_seen_at) as first_seen_at
        from runs
        group by visitor_id, customer_id, person_id
    )
    qualify row_number() over (
        partition by visitor_id order by first_seen_at, customer_id, person_id
    ) = 4 + 1
),

laid_out as (
    select
        *,
        case when run_number = 1 then timestamp '0001-01-01' else first_seen_at end as valid_from,
        coalesce(
            lead(first_seen_at) over (partition by visitor_id order by run_number),
            timestamp '9999-12-31'
        ) as valid_to
    from runs
)

select visitor_id, customer_id, person_id, known_at, timestamp '0001-01-01' as valid_from,
    timestamp '9999-12-31' as valid_to, cast(null as timestamp) as shared_from
from visitors
where is_one_person
union all
select l.visitor_id, l.customer_id, l.person_id, l.known_at, l.valid_from, l.valid_to,
    s.shared_from
from laid_out as l
left join shared as s on l.visitor_id = s.visitor_id
where l.valid_from < l.valid_to;

create temp table bought as
select
    o.order_id,
    o.is_test,
    o.status,
    o.currency,
    o.ordered_at,
    case
        when n.customer_id is not null then n.customer_id
        when i.shared_from is null or o.ordered_at < i.shared_from then i.customer_id
    end as customer_id,
    case
        when n.customer_id is not null then 'c:shop:' || n.customer_id
        when o.ordered_at >= i.shared_from then o.email_person_id
        when i.customer_id is not null then 'c:shop:' || i.customer_id
        else coalesce(o.email_person_id, i.person_id, 'v:shop:' || o.visitor_id)
    end as person_id,
    coalesce(n.known_at, i.known_at) as customer_known_at
from versions as o
left join named as n on o.order_id = n.order_id and n.is_current
left join identity_map as i
    on o.visitor_id = i.visitor_id
    and o.ordered_at >= i.valid_from
    and o.ordered_at < i.valid_to
where o.is_current;
"""

# Events within one window as wide as the gap share a session: a tenth of the rows is left to sort.
_SESSIONS = """
create temp table cut as
with windows as (
    select
        visitor_id,
        min(customer_id) as first_customer_id,
        max(customer_id) as last_customer_id,
        min(bot_name) as bot_name,
        count(*) as event_count,
        count(*) filter (event_type = 'page_view') as page_view_count,
        count(*) filter (event_type = 'product_view') as product_view_count,
        count(*) filter (event_type = 'search') as search_count,
        count(*) filter (event_type = 'add_to_cart') as cart_add_count,
        count(*) filter (event_type = 'checkout_start') as checkout_start_count,
        count(*) filter (event_type = 'purchase') as purchase_count,
        min(occurred_at) as started_at,
        max(occurred_at) as ended_at
    from events
    where visitor_id is not null
    group by visitor_id, epoch_us(occurred_at) // 1800000000
),

opened as (
    select
        *,
        epoch_us(started_at) - epoch_us(lag(ended_at) over (
            partition by visitor_id order by started_at
        )) <= 1800000000 as is_same
    from windows
),

placed as (
    select
        *,
        count(*) filter (is_same is distinct from true) over (
            partition by visitor_id order by started_at rows unbounded preceding
        ) as number
    from opened
)

select
    visitor_id,
    min(first_customer_id) as first_customer_id,
    max(last_customer_id) as last_customer_id,
    min(bot_name) as bot_name,
    cast(sum(event_count) as bigint) as event_count,
    cast(sum(page_view_count) as bigint) as page_view_count,
    cast(sum(product_view_count) as bigint) as product_view_count,
    cast(sum(search_count) as bigint) as search_count,
    cast(sum(cart_add_count) as bigint) as cart_add_count,
    cast(sum(checkout_start_count) as bigint) as checkout_start_count,
    cast(sum(purchase_count) as bigint) as purchase_count,
    min(started_at) as started_at,
    max(ended_at) as ended_at
from placed
group by visitor_id, number;

create table sessions as
with entries as (
    select e.visitor_id, e.occurred_at as started_at, batch_id,
        arg_min(e.landed_row, e.event_id) as landed_row
    from events as e
    inner join cut as c on e.visitor_id = c.visitor_id and e.occurred_at = c.started_at
    group by e.visitor_id, e.occurred_at, batch_id
),

described as (
    select
        t.visitor_id,
        t.started_at,
        e.device_type,
        nullif(trim(e.page_url), '') as landing_page_url,
        nullif(trim(e.referrer), '') as referrer,
        nullif(trim(e.utm_source), '') as utm_source,
        nullif(trim(e.utm_medium), '') as utm_medium,
        nullif(trim(e.utm_campaign), '') as utm_campaign
    from entries as t
    inner join (
        select *, cast(regexp_extract(filename, 'batch_id=([0-9]+)', 1) as integer) as batch_id
        from read_parquet('{events}', filename = true)
    ) as e on t.landed_row = e.landed_row and t.batch_id = e.batch_id
),

judged as (
    select
        *,
        coalesce(first_customer_id <> last_customer_id, false) as has_identity_conflict,
        epoch_us(ended_at) - epoch_us(started_at) as micros
    from cut
),

identified as (
    select
        s.*,
        d.* exclude (visitor_id, started_at),
        case
            when s.bot_name is not null then 'user_agent'
            when s.event_count > 1000 then 'too_many_events'
            when s.event_count >= 30 and s.micros < (s.event_count - 1) * 1000000 then 'too_fast'
        end as bot_reason,
        case
            when s.first_customer_id is not null then s.first_customer_id
            when i.shared_from is null or s.started_at < i.shared_from then i.customer_id
        end as known_customer_id,
        case
            when s.first_customer_id is not null then 'c:shop:' || s.first_customer_id
            when s.started_at >= i.shared_from then null
            else coalesce(i.person_id, 'v:shop:' || s.visitor_id)
        end as known_person_id
    from judged as s
    inner join described as d on s.visitor_id = d.visitor_id and s.started_at = d.started_at
    left join identity_map as i
        on s.visitor_id = i.visitor_id
        and s.started_at >= i.valid_from
        and s.started_at < i.valid_to
)

select
    'shop' as source_name,
    md5('shop|' || visitor_id || '|' || epoch_us(started_at)) as session_id,
    visitor_id,
    case when not has_identity_conflict then known_person_id end as person_id,
    case when not has_identity_conflict then known_customer_id end as customer_id,
    device_type,
    landing_page_url,
    referrer,
    utm_source,
    utm_medium,
    utm_campaign,
    bot_reason,
    event_count,
    page_view_count,
    product_view_count,
    search_count,
    cart_add_count,
    checkout_start_count,
    purchase_count,
    page_view_count + product_view_count >= 2 or purchase_count > 0 or micros >= 20000000
        as is_engaged,
    bot_reason is not null as is_bot,
    has_identity_conflict,
    cast(started_at at time zone 'UTC' at time zone 'Europe/London' as date) as local_day,
    started_at,
    ended_at
from identified;
"""

# Only what is part of net sales: tax, shipping and gift cards are not.
_MONEY = f"""
create temp table lines as
with typed as (
    select
        order_id,
        product_id,
        coalesce(
            try_cast(line_number as bigint),
            case
                when max(line_number) over (partition by filename, order_id) is null
                then row_number() over (partition by filename, order_id order by landed_row)
            end
        ) as line_number,
        line_number is null as is_by_position,
        {_BATCH},
        landed_row,
        try_cast(quantity as bigint) as quantity,
        coalesce(
            try_cast(amount as decimal(18, 4)),
            cast(round(
                try_cast(unit_price as decimal(21, 8)) * try_cast(quantity as decimal(8, 0)), 4
            ) as decimal(18, 4))
        ) as amount,
        unit_price is null or try_cast(unit_price as decimal(21, 8)) >= 0 as is_priced,
        case when discount is null then 0 else try_cast(discount as decimal(18, 4)) end as discount
    from read_parquet('{{order_lines}}', filename = true)
)

select *
from typed
where
    order_id is not null
    and line_number is not null
    and product_id is not null
    and quantity > 0
    and is_priced
    and amount >= 0
    and discount >= 0
    and discount <= amount
qualify
    row_number() over (
        partition by order_id, line_number, is_by_position order by batch_id desc, landed_row desc
    ) = 1
    and (not is_by_position or batch_id = max(batch_id) over (partition by order_id));

create temp table refunds as
with typed as (
    select
        refund_id,
        order_id,
        customer_id,
        product_id,
        currency,
        quantity as quantity_text,
        try_cast(quantity as bigint) as quantity,
        try_cast(amount as decimal(18, 4)) as amount,
        {_BATCH},
        landed_row,
        data_until,
        landed_at,
        {instant("refunded_at")} as refunded_at
    from read_parquet('{{refunds}}', filename = true)
),

accepted as (
    select *
    from typed
    where
        refund_id is not null
        and (quantity is not null or quantity_text is null)
        and amount > 0
        and refunded_at >= timestamp '2000-01-01'
        and refunded_at <= least(data_until, landed_at + interval 1 day)
        and (currency = 'GBP' or currency in (select currency from rates))
    qualify row_number() over (
        partition by refund_id order by batch_id desc, landed_row desc
    ) = 1
),

owners as (
    select order_id, customer_id, ordered_at, known_at from named
    union
    select order_id, customer_id, ordered_at, customer_known_at from bought
    where customer_id is not null
),

candidates as (
    select r.refund_id, r.refunded_at, r.quantity as refunded_quantity, l.order_id, l.line_number,
        l.quantity as line_quantity
    from accepted as r
    inner join owners as o
        on r.customer_id = o.customer_id
        and r.refunded_at >= o.ordered_at
        and r.refunded_at >= o.known_at
    inner join lines as l
        on o.order_id = l.order_id and r.product_id = l.product_id and r.quantity <= l.quantity
    where r.order_id is null
    qualify row_number() over (
        partition by r.refund_id order by o.ordered_at desc, o.order_id desc, l.line_number
    ) = 1
),

inferred as (
    select refund_id, order_id
    from candidates
    qualify sum(refunded_quantity) over (
        partition by order_id, line_number order by refunded_at, refund_id
    ) <= line_quantity
)

select r.refund_id, coalesce(b.order_id, i.order_id) as order_id, r.customer_id, r.currency,
    r.amount, r.refunded_at
from accepted as r
left join bought as b on r.order_id = b.order_id
left join inferred as i on r.refund_id = i.refund_id;

create temp table sales as
with sold as (
    select b.order_id, null as refund_id, b.currency, b.ordered_at as effective_at,
        cast(l.amount - l.discount as decimal(38, 4)) as native_amount,
        cast(l.amount as decimal(38, 4)) as item_amount,
        cast(-l.discount as decimal(38, 4)) as discount_amount
    from bought as b
    inner join lines as l on b.order_id = l.order_id
    union all
    select order_id, refund_id, currency, refunded_at, cast(-amount as decimal(38, 4)), null, null
    from refunds
),

cancellations as (
    select v.order_id, b.currency,
        greatest(min(coalesce(v.changed_at, b.ordered_at)), min(b.ordered_at)) as cancelled_at
    from versions as v
    inner join bought as b on v.order_id = b.order_id
    where v.status = 'cancelled' and b.status = 'cancelled'
    group by v.order_id, b.currency
),

-- A refund after the cancellation pays back what that has taken already.
cancelled as (
    select c.order_id, c.currency, greatest(c.cancelled_at, s.effective_at) as effective_at,
        -sum(s.native_amount) as native_amount
    from cancellations as c
    inner join sold as s on c.order_id = s.order_id and c.currency = s.currency
    group by c.order_id, c.currency, greatest(c.cancelled_at, s.effective_at),
        case when s.effective_at > c.cancelled_at then coalesce(s.refund_id, '') end
),

-- Each line of the ledger is rounded by itself: an item and its discount are two.
ledger as (
    select order_id, null as refunded_customer_id, currency, effective_at, item_amount as amount,
        true as is_item, true as is_sold
    from sold where item_amount is not null
    union all
    select order_id, null, currency, effective_at, discount_amount, false, true
    from sold where discount_amount <> 0
    union all
    select order_id, customer_id, currency, refunded_at, cast(-amount as decimal(38, 4)), false,
        false
    from refunds
    union all
    select order_id, null, currency, effective_at, native_amount, false, false from cancelled
)

select
    m.order_id,
    coalesce(b.person_id, 'c:shop:' || m.refunded_customer_id) as person_id,
    coalesce(b.is_test, false) as is_test,
    m.currency,
    m.is_item,
    m.is_sold,
    m.effective_at,
    m.amount as native_amount,
    case
        when m.currency = 'GBP' then m.amount
        else cast(round(cast(m.amount as decimal(24, 4)) * r.rate, 4) as decimal(38, 4))
    end as amount
from ledger as m
asof left join rates as r
    on m.currency = r.currency and cast(m.effective_at as date) >= r.valid_from
left join bought as b on m.order_id = b.order_id;

create temp table sums as
select
    s.order_id,
    bool_or(s.is_item) as has_items,
    case
        when min(s.currency) filter (s.effective_at < c.as_of_at)
            = max(s.currency) filter (s.effective_at < c.as_of_at)
            then sum(s.native_amount) filter (s.effective_at < c.as_of_at) > 0
        else sum(s.amount) filter (s.effective_at < c.as_of_at)
            > 0.05 * sum(s.amount) filter (s.is_sold)
    end as is_net
from sales as s
cross join clock as c
where s.order_id is not null
group by s.order_id;

create temp table orders as
select
    b.person_id,
    b.ordered_at,
    cast(b.ordered_at at time zone 'UTC' at time zone 'Europe/London' as date) as local_day,
    coalesce(s.is_net, false) as is_net
from bought as b
inner join sums as s on b.order_id = s.order_id
where b.person_id is not null and not b.is_test and s.has_items;
"""

_RETENTION = """
create table cohort_retention as
with activities as (
    select person_id, 'order' as kind, ordered_at, local_day
    from orders, clock where ordered_at < as_of_at
    union all
    select person_id, 'net_order', ordered_at, local_day
    from orders, clock where ordered_at < as_of_at and is_net
),

started as (
    select
        kind,
        person_id,
        ordered_at,
        local_day,
        min(ordered_at) over by_person as started_at,
        min(local_day) over by_person as started_day
    from activities
    window by_person as (partition by kind, person_id)
),

numbered as (
    select 'month' as grain, kind, person_id, ordered_at > started_at as is_return,
        year(local_day) * 12 + month(local_day) as number,
        year(started_day) * 12 + month(started_day) as start_number,
        year(open_day) * 12 + month(open_day) as open_number,
        cast(date_trunc('month', started_day) as date) as cohort_start
    from started, clock
    union all
    select 'week', kind, person_id, ordered_at > started_at,
        datediff('day', date '1969-12-29', local_day) // 7,
        datediff('day', date '1969-12-29', started_day) // 7,
        datediff('day', date '1969-12-29', open_day) // 7,
        cast(date_trunc('week', started_day) as date)
    from started, clock
),

cohorts as (
    select grain, kind, start_number, cohort_start, open_number,
        count(distinct person_id) as cohort_size
    from numbered
    where start_number < open_number
    group by all
),

returns as (
    select grain, kind, start_number, person_id, number - start_number as period_index
    from numbered
    where is_return and number < open_number and number > start_number
    group by all
),

counts as (
    select grain, kind, start_number, period_index, count(*) as people_count
    from returns
    group by all
),

last_counts as (
    select grain, kind, start_number, period_index, count(*) as people_count
    from (
        select grain, kind, start_number, person_id, max(period_index) as period_index
        from returns
        group by all
    )
    group by all
),

cells as (
    select c.*, unnest(generate_series(0, open_number - start_number - 1)) as period_index
    from cohorts as c
),

counted as (
    select
        x.*,
        coalesce(o.people_count, 0) as on_count,
        sum(coalesce(a.people_count, 0)) over (
            partition by x.grain, x.kind, x.start_number order by x.period_index desc
            rows unbounded preceding
        ) as after_count
    from cells as x
    left join counts as o
        on x.grain = o.grain and x.kind = o.kind and x.start_number = o.start_number
        and x.period_index = o.period_index
    left join last_counts as a
        on x.grain = a.grain and x.kind = a.kind and x.start_number = a.start_number
        and x.period_index = a.period_index
),

defined as (
    select *, d.definition,
        cast(case
            when period_index = 0 then cohort_size
            when d.definition = 'on' then on_count
            else after_count
        end as bigint) as retained_count
    from counted, (values ('on'), ('on_or_after')) as d(definition)
),

rated as (
    select *, cast(retained_count as double) / cohort_size as rate from defined
)

select
    grain as cohort_grain,
    kind as start_kind,
    kind as return_kind,
    definition,
    'calendar' as clock_kind,
    period_index,
    cohort_size,
    cohort_size as eligible_count,
    retained_count,
    rate as retention_rate,
    case
        when retained_count = 0 then 0
        else (
            rate + 1.9207294103470627 / cohort_size - 1.959963984540054 * sqrt(
                rate * (1 - rate) / cohort_size
                + 0.9603647051735313 / (cohort_size * cohort_size)
            )
        ) / (1 + 3.8414588206941254 / cohort_size)
    end as rate_low,
    case
        when retained_count = cohort_size then 1
        else (
            rate + 1.9207294103470627 / cohort_size + 1.959963984540054 * sqrt(
                rate * (1 - rate) / cohort_size
                + 0.9603647051735313 / (cohort_size * cohort_size)
            )
        ) / (1 + 3.8414588206941254 / cohort_size)
    end as rate_high,
    cohort_start
from rated;
"""

_RFM = f"""
create table rfm_segments as
with buyers as (
    select
        o.person_id,
        count(*) as order_count,
        (epoch_us(min(c.as_of_at)) - epoch_us(max(o.ordered_at))) // 86400000000 as recency_days
    from orders as o, clock as c
    where o.is_net and o.ordered_at < c.as_of_at
    group by o.person_id
),

spent as (
    select s.person_id, cast(sum(s.amount) as decimal(38, 4)) as net_sales
    from sales as s, clock as c
    where s.effective_at < c.as_of_at and not s.is_test and s.person_id is not null
    group by s.person_id
),

scored as (
    select
        b.*,
        s.net_sales,
        (5 * count(*) over (order by b.recency_days desc) + count(*) over () - 1)
            // count(*) over () as recency_score,
        case
            when b.order_count >= 10 then 5 when b.order_count >= 5 then 4
            when b.order_count >= 3 then 3 else b.order_count
        end as frequency_score,
        (5 * count(*) over (order by s.net_sales) + count(*) over () - 1)
            // count(*) over () as monetary_score
    from buyers as b
    inner join spent as s on b.person_id = s.person_id
)

select
    s.person_id,
    m.segment,
    s.recency_days,
    s.order_count,
    s.net_sales,
    s.recency_score,
    s.frequency_score,
    s.monetary_score,
    cast(c.as_of_at as date) as as_of_date
from scored as s
inner join read_csv('{_SEEDS}/rfm_segment_map.csv') as m
    on s.recency_score = m.recency_score and s.frequency_score = m.frequency_score
cross join clock as c;
"""
TABLES = ("sessions", "cohort_retention", "rfm_segments")


# What none of the three tables asks of an event, and whoever looks behind them does.
_KEPT = """
    e.product_id, e.order_id, e.currency, e.page_url, e.referrer, e.utm_source, e.utm_medium,
    e.utm_campaign, e.device_type, e.user_agent, e.search_term, e.text, e.properties,
    try_cast(e.quantity as bigint) as quantity,
    try_cast(e.result_count as bigint) as result_count,
    try_cast(e.load_ms as bigint) as load_ms,
    try_cast(e.rating as bigint) as rating,
    try_cast(e.price as decimal(18, 4)) as price,
"""


def build(landing: Path, database: Path, *, keeps: bool = False) -> None:
    """Write the tables of a landed shop into a new file; on request, what they are made of too."""
    tables = ("events", "orders", "order_lines", "refunds", "customers")
    files = {name: f"{landing}/shop/{name}/batch_id=*/*.parquet" for name in tables}
    with duckdb.connect(str(database)) as con:
        con.execute(
            "set timezone = 'UTC'; set threads = 2; set preserve_insertion_order = false; "
            "set memory_limit = '4GB'"
        )
        for part in (_EVENTS, _ORDERS, _IDENTITY, _SESSIONS, _MONEY, _RETENTION, _RFM):
            sql = part.format(**files, kept=_KEPT if keeps else "")
            con.execute(sql.replace("create temp table", "create table") if keeps else sql)
