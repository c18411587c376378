-- What people put into their carts and what became of it.
with int_carts__events as (
    select * from {{ ref('int_carts__events') }}
),

exchange_rates as (
    select * from {{ ref('exchange_rates') }}
    where base_currency = {{ setting('base_currency') }}
),

int_sessions__recent as (
    select * from {{ ref('int_sessions__recent') }}
),

clock as (
    select * from {{ ref('clock') }}
),

-- The rate of the day of an add is the last known one, before all rates the first.
priced_days as (
    select distinct
        currency,
        cast(occurred_at as date) as day
    from int_carts__events
    where event_type = 'add_to_cart' and currency is not null and price is not null
),

rates as (
    select
        d.currency,
        d.day,
        case
            when d.currency = {{ setting('base_currency') }} then cast(1 as decimal(18, 8))
            else cast(r.rate as decimal(18, 8))
        end as rate
    from priced_days as d
    left join exchange_rates as r
        on d.currency = r.currency and d.currency <> {{ setting('base_currency') }}
    qualify
        row_number() over (
            partition by d.currency, d.day
            order by
                case when r.rate_date <= d.day then r.rate_date end desc nulls last,
                r.rate_date
        ) = 1
),

-- A product is worth its last known price, at the rate of that day.
valued_events as (
    select
        n.source_name,
        n.session_number,
        n.event_id,
        n.event_type,
        n.person_id,
        n.owner_id,
        n.product_id,
        n.order_id,
        n.place,
        n.cart_number,
        n.pieces,
        n.price,
        n.occurred_at,
        r.rate,
        case when n.price is not null and r.rate is not null then n.place end as valued_place
    from int_carts__events as n
    left join rates as r
        on
            n.event_type = 'add_to_cart'
            and n.currency = r.currency
            and cast(n.occurred_at as date) = r.day
),

items as (
    select
        owner_id,
        cart_number,
        product_id,
        sum(case event_type when 'add_to_cart' then pieces when 'remove_from_cart' then -pieces end)
            as left_count,
        max_by(price, valued_place) as price,
        max_by(rate, valued_place) as rate
    from valued_events
    where event_type <> 'purchase'
    group by owner_id, cart_number, product_id
),

contents as (
    select
        owner_id,
        cart_number,
        left_count,
        {{ base_amount(line_amount('price', 'left_count'), 'rate') }} as amount
    from items
),

valued as (
    select
        owner_id,
        cart_number,
        count(case when left_count > 0 then 1 end) as product_count,
        count(case when left_count > 0 and amount is null then 1 end) as unvalued_product_count,
        sum(case when left_count > 0 then amount end) as cart_value
    from contents
    group by owner_id, cart_number
),

carts as (
    select
        owner_id,
        cart_number,
        min_by(source_name, place) as source_name,
        md5(concat_ws('|', min_by(source_name, place), min_by(event_id, place))) as cart_id,
        max(person_id) as person_id,
        max_by(session_number, case when event_type <> 'purchase' then place end)
            as last_session_number,
        max(case when event_type = 'purchase' then session_number end) as bought_session_number,
        max(case when event_type = 'purchase' then order_id end) as order_id,
        max(case when event_type = 'purchase' and order_id is not null then source_name end)
            as order_source_name,
        count(case when event_type = 'add_to_cart' then 1 end) as add_count,
        sum(case when event_type = 'remove_from_cart' then pieces else 0 end) as removed_count,
        count(distinct session_number) as session_count,
        min(occurred_at) as opened_at,
        max(case when event_type <> 'purchase' then occurred_at end) as last_changed_at,
        max(case when event_type = 'add_to_cart' then occurred_at end) as last_added_at,
        max(case when event_type = 'purchase' then occurred_at end) as bought_at
    from valued_events
    group by owner_id, cart_number
),

final as (
    select
        c.source_name,
        c.cart_id,
        c.person_id,
        c.order_source_name,
        c.order_id,
        case
            when c.bought_at is not null then 'bought'
            when c.last_added_at >= {{ add_days('k.as_of_at', '-' ~ setting('cart_window_days')) }}
                then 'open'
            else 'abandoned'
        end as state,
        s.channel as recovered_by,
        c.add_count,
        i.product_count,
        i.unvalued_product_count,
        cast(c.removed_count as bigint) as removed_count,
        c.session_count,
        {{ floor_divide(
            epoch_micros('coalesce(c.bought_at, c.last_changed_at)')
            ~ ' - ' ~ epoch_micros('c.opened_at'),
            86400000000
        ) }} as day_count,
        cast(coalesce(i.cart_value, 0) as decimal(38, 4)) as cart_value,
        c.opened_at,
        c.last_changed_at,
        c.bought_at
    from carts as c
    inner join valued as i
        on c.owner_id = i.owner_id and c.cart_number = i.cart_number
    -- How people came back who bought in a later visit than that in which they filled the cart.
    left join int_sessions__recent as s
        on
            c.bought_session_number = s.session_number
            and c.bought_session_number <> c.last_session_number
    cross join clock as k
)

select * from final
