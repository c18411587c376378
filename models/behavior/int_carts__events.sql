-- Which cart each add, removal and purchase belongs to. A person's (else a visitor's) adds are one
-- cart until they buy, or pause for more than `cart_window_days`. A removal or a purchase without
-- an add in those days before it belongs to none.
with cart_events as (
    select
        s.source_name,
        e.session_number,
        e.event_id,
        e.event_type,
        s.person_id,
        coalesce(s.person_id, concat_ws('|', 'visitor', s.source_name, s.visitor_id)) as owner_id,
        e.product_id,
        e.order_id,
        e.currency,
        e.quantity,
        e.price,
        e.occurred_at
    from {{ ref('int_events__recent') }} as e
    inner join {{ ref('int_sessions__recent') }} as s
        on e.session_number = s.session_number
    where e.event_type in ('add_to_cart', 'remove_from_cart', 'purchase')
),

orders as (
    select * from {{ ref('orders') }}
    where is_order and person_id is not null
),

clock as (
    select * from {{ ref('clock') }}
),

-- An order ends one cart, however often it is told.
told_purchases as (
    select *
    from cart_events
    where event_type = 'purchase'
    qualify
        row_number() over (
            partition by source_name, coalesce(order_id, event_id)
            order by occurred_at, event_id
        ) = 1
),

told_orders as (
    select distinct
        source_name,
        person_id,
        order_id
    from told_purchases
    where order_id is not null
),

-- An order that no event tells: events come from elsewhere, or a browser kept one to itself.
untold_orders as (
    select
        o.source_name,
        o.order_id,
        o.person_id,
        o.ordered_at
    from orders as o
    cross join clock as k
    left join told_orders as t
        on o.order_id = t.order_id and (o.source_name = t.source_name or o.person_id = t.person_id)
    where
        t.order_id is null
        and o.ordered_at >= {{ add_days('k.as_of_at', '-' ~ setting('behavior_window_days')) }}
        and o.ordered_at < k.as_of_at
),

taken as (
    select
        *,
        false as is_untold
    from cart_events
    where event_type <> 'purchase'
    union all
    select
        *,
        false as is_untold
    from told_purchases
    union all
    select
        source_name,
        cast(null as bigint) as session_number,
        concat('order|', order_id) as event_id,
        'purchase' as event_type,
        person_id,
        person_id as owner_id,
        cast(null as string) as product_id,
        order_id,
        cast(null as string) as currency,
        cast(null as bigint) as quantity,
        cast(null as decimal(18, 4)) as price,
        ordered_at as occurred_at,
        true as is_untold
    from untold_orders
),

-- Of one instant, what is put into the cart comes before the order that no event tells.
spells as (
    select
        *,
        row_number() over owners as place,
        count(case when event_type = 'purchase' then 1 end) over (
            partition by owner_id
            order by occurred_at, is_untold, event_id
            rows between unbounded preceding and 1 preceding
        ) as spell_number
    from taken
    window owners as (partition by owner_id order by occurred_at, is_untold, event_id)
),

-- What follows the last add within the window belongs to its cart; an add that does not opens one.
linked as (
    select
        *,
        max(case when event_type = 'add_to_cart' then occurred_at end) over earlier as added_at
    from spells
    window earlier as (
        partition by owner_id, spell_number
        order by place
        rows between unbounded preceding and 1 preceding
    )
),

judged as (
    select
        *,
        coalesce(
            {{ epoch_micros('occurred_at') }} - {{ epoch_micros('added_at') }}
            <= {{ setting('cart_window_days') }} * 86400000000,
            false
        ) as is_linked
    from linked
),

final as (
    select
        source_name,
        session_number,
        event_id,
        event_type,
        person_id,
        owner_id,
        product_id,
        order_id,
        currency,
        place,
        max(case when event_type = 'add_to_cart' and not is_linked then place end) over (
            partition by owner_id, spell_number
            order by place
            rows between unbounded preceding and current row
        ) as cart_number,
        coalesce(quantity, 1) as pieces,
        price,
        occurred_at
    from judged
    where is_linked or event_type = 'add_to_cart'
)

select * from final
