-- How long ago people bought and how often, and what is expected of them: every pair of bands has a
-- row, also one with nobody in it.
with customer_ltv as (
    select * from {{ ref('customer_ltv') }}
),

bands as (
    select * from {{ ref('int_value_bands__checked') }}
),

clock as (
    select * from {{ ref('clock') }}
),

cells as (
    select
        r.band as recency_band,
        f.band as frequency_band,
        r.band_number as recency_number,
        f.band_number as frequency_number,
        r.band_from as recency_from,
        r.band_to as recency_to,
        f.band_from as frequency_from,
        f.band_to as frequency_to
    from bands as r
    cross join bands as f
    where r.band_kind = 'recency' and f.band_kind = 'frequency'
),

-- Chances and values are added as decimals, which come to the same in any order.
people as (
    select
        l.order_day_count,
        l.booked_net_sales,
        {{ days_between('l.last_order_on', 'clock.open_day') }} as recency_days,
        cast(l.p_order_90d as decimal(18, 9)) as p_order_90d,
        cast(l.expected_net_sales_365d as decimal(38, 4)) as expected_net_sales_365d,
        cast(l.expected_value_365d as decimal(38, 4)) as expected_value_365d,
        cast(l.value_if_staying_365d as decimal(38, 4)) as value_if_staying_365d
    from customer_ltv as l
    cross join clock
),

counted as (
    select
        c.recency_number,
        c.frequency_number,
        count(*) as people_count,
        sum(p.booked_net_sales) as booked_net_sales,
        sum(p.p_order_90d) as orderers_90d,
        count(p.p_order_90d) as p_order_count,
        sum(p.expected_net_sales_365d) as expected_net_sales_365d,
        count(p.expected_net_sales_365d) as expected_net_sales_count,
        sum(p.expected_value_365d) as expected_value_365d,
        count(p.expected_value_365d) as expected_value_count,
        sum(p.value_if_staying_365d) as value_if_staying_365d
    from people as p
    inner join cells as c
        on
            p.recency_days >= c.recency_from
            and p.recency_days <= coalesce(c.recency_to, p.recency_days)
            and p.order_day_count >= c.frequency_from
            and p.order_day_count <= coalesce(c.frequency_to, p.order_day_count)
    group by c.recency_number, c.frequency_number
),

final as (
    select
        c.recency_band,
        c.frequency_band,
        c.recency_number,
        c.frequency_number,
        coalesce(p.people_count, 0) as people_count,
        cast(coalesce(p.booked_net_sales, 0) as decimal(38, 4)) as booked_net_sales,
        cast(p.orderers_90d as double) / nullif(p.p_order_count, 0) as p_order_90d,
        cast(
            round(p.expected_net_sales_365d / nullif(p.expected_net_sales_count, 0), 4)
            as decimal(38, 4)
        ) as expected_net_sales_365d_per_person,
        cast(
            round(p.expected_value_365d / nullif(p.expected_value_count, 0), 4) as decimal(38, 4)
        ) as expected_value_365d_per_person,
        cast(p.expected_value_365d as decimal(38, 4)) as expected_value_365d,
        cast(
            round(p.value_if_staying_365d / nullif(p.expected_value_count, 0), 4)
            as decimal(38, 4)
        ) as value_if_staying_365d_per_person
    from cells as c
    left join counted as p
        on c.recency_number = p.recency_number and c.frequency_number = p.frequency_number
)

select * from final
