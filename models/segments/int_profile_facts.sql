-- What profile rules can ask about each customer and buyer, as of the clock. Null = not known.
with clock as (
    select
        *,
        {{ add_days('as_of_at', -30) }} as month_ago_at,
        {{ add_days('as_of_at', -365) }} as year_ago_at
    from {{ ref('clock') }}
),

customers as (
    select * from {{ ref('customers') }}
),

orders as (
    select * from {{ ref('orders') }}
),

money_lines as (
    select * from {{ ref('money_lines') }}
),

products as (
    select * from {{ ref('products') }}
),

sessions as (
    select * from {{ ref('sessions') }}
    where person_id is not null and not is_bot
),

rfm_segments as (
    select * from {{ ref('rfm_segments') }}
),

age_bands as (
    select * from {{ ref('churn_segment_bands') }}
    where segment_kind = 'age_group'
),

bought as (
    select * from orders
    where is_order and person_id is not null
),

people as (
    select person_id from customers
    union
    select b.person_id
    from bought as b
    inner join clock
        on b.ordered_at < clock.as_of_at
),

coupons as (
    select
        person_id,
        count(*) as order_count,
        count(coupon_code) as coupon_order_count
    from bought
    where is_net_at_clock
    group by person_id
),

visits as (
    select
        s.person_id,
        s.device_type,
        count(*) as session_count,
        count(case when s.started_at >= clock.month_ago_at then 1 end) as session_count_30d,
        sum(
            case
                when s.started_at >= clock.month_ago_at
                    then {{ epoch_micros('s.ended_at') }} - {{ epoch_micros('s.started_at') }}
                else 0
            end
        ) as micros_30d
    from sessions as s
    inner join clock
        on s.started_at < clock.as_of_at
    group by s.person_id, s.device_type
),

visitors as (
    select
        person_id,
        cast(sum(session_count_30d) as bigint) as sessions_30d,
        cast({{ floor_divide('cast(sum(micros_30d) as bigint)', 60000000) }} as bigint)
            as minutes_30d
    from visits
    group by person_id
),

-- Of devices used as often, and of categories worth as much, the first by name.
devices as (
    select
        person_id,
        device_type
    from visits
    where device_type is not null
    qualify row_number() over (
        partition by person_id
        order by session_count desc, device_type asc
    ) = 1
),

spent as (
    select
        b.person_id,
        p.category,
        sum(m.amount) as amount
    from bought as b
    inner join money_lines as m
        on b.source_name = m.source_name and b.order_id = m.order_id
    inner join products as p
        on m.source_name = p.source_name and m.product_id = p.product_id
    inner join clock
        on m.effective_at < clock.as_of_at
    where m.kind = 'item' and p.category is not null
    group by b.person_id, p.category
),

categories as (
    select
        person_id,
        category
    from spent
    qualify row_number() over (
        partition by person_id
        order by amount desc, category asc
    ) = 1
),

last_year as (
    select
        m.person_id,
        sum(m.amount) as net_sales
    from money_lines as m
    inner join clock
        on m.effective_at >= clock.year_ago_at and m.effective_at < clock.as_of_at
    left join orders as o
        on m.source_name = o.source_name and m.order_id = o.order_id
    where {{ is_sale_kind('m.kind') }} and not coalesce(o.is_test, false)
    group by m.person_id
),

final as (
    select
        p.person_id,
        b.segment as age_band,
        c.gender,
        c.income_band,
        c.country,
        c.city,
        d.device_type as main_device,
        g.category as main_category,
        cast(
            case
                when c.signed_up_at < clock.as_of_at
                    then {{ floor_divide(
                        epoch_micros('clock.as_of_at') ~ ' - ' ~ epoch_micros('c.signed_up_at'),
                        86400000000
                    ) }}
            end as bigint
        ) as signed_up_days,
        coalesce(r.order_count, 0) as order_count,
        coalesce(v.sessions_30d, 0) as sessions_30d,
        coalesce(v.minutes_30d, 0) as minutes_30d,
        cast(coalesce(r.net_sales, 0) as decimal(38, 4)) as net_sales,
        cast(r.net_sales / r.order_count as decimal(38, 4)) as mean_order_value,
        -- Rounded down, so that half is half and no less.
        cast(
            {{ floor_divide('10000 * k.coupon_order_count', 'k.order_count') }} * 0.0001
            as decimal(38, 4)
        ) as coupon_share,
        cast(coalesce(y.net_sales, 0) as decimal(38, 4)) as net_sales_365d,
        coalesce(c.has_marketing_consent, false) as has_marketing_consent
    from people as p
    cross join clock
    left join customers as c
        on p.person_id = c.person_id
    left join age_bands as b
        on
            year(clock.as_of_at) - c.birth_year >= b.band_from
            and year(clock.as_of_at) - c.birth_year <= coalesce(b.band_to, 999)
    left join rfm_segments as r
        on p.person_id = r.person_id
    left join coupons as k
        on p.person_id = k.person_id
    left join visitors as v
        on p.person_id = v.person_id
    left join devices as d
        on p.person_id = d.person_id
    left join categories as g
        on p.person_id = g.person_id
    left join last_year as y
        on p.person_id = y.person_id
)

select * from final
