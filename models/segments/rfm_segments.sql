-- Recency, frequency and monetary value at the clock, scored so that equal values share a score.
with orders as (
    select * from {{ ref('orders') }}
),

money_lines as (
    select * from {{ ref('money_lines') }}
),

clock as (
    select * from {{ ref('clock') }}
),

rfm_segment_map as (
    select * from {{ ref('rfm_segment_map') }}
),

rfm_frequency_edges as (
    select * from {{ ref('rfm_frequency_edges') }}
),

-- A frequency score holds up to the next one's edge; the last is open.
edges as (
    select
        frequency_score,
        min_order_count,
        lead(min_order_count) over (order by min_order_count) as next_min_order_count
    from rfm_frequency_edges
),

bought as (
    select
        person_id,
        count(*) as order_count,
        max(ordered_at) as last_order_at
    from orders
    where person_id is not null and is_net_at_clock
    group by person_id
),

-- A person's net sales hold refunds that no order could be found for, too; test orders count
-- nowhere.
spent as (
    select
        m.person_id,
        sum(m.amount) as net_sales
    from money_lines as m
    cross join clock
    left join orders as o
        on m.source_name = o.source_name and m.order_id = o.order_id
    where
        m.effective_at < clock.as_of_at
        and {{ is_sale_kind('m.kind') }}
        and not coalesce(o.is_test, false)
    group by m.person_id
),

measured as (
    select
        b.person_id,
        b.order_count,
        cast(s.net_sales as decimal(38, 4)) as net_sales,
        {{ floor_divide(
            epoch_micros('clock.as_of_at') ~ ' - ' ~ epoch_micros('b.last_order_at'), 86400000000
        ) }} as recency_days,
        cast(clock.as_of_at as date) as as_of_date
    from bought as b
    inner join spent as s
        on b.person_id = s.person_id
    cross join clock
),

scored as (
    select
        m.person_id,
        m.order_count,
        m.net_sales,
        m.recency_days,
        m.as_of_date,
        cast(ceil(5 * cume_dist() over (order by m.recency_days desc)) as bigint) as recency_score,
        e.frequency_score,
        cast(ceil(5 * cume_dist() over (order by m.net_sales)) as bigint) as monetary_score
    from measured as m
    inner join edges as e
        on
            m.order_count >= e.min_order_count
            and m.order_count < coalesce(e.next_min_order_count, m.order_count + 1)
),

final as (
    select
        s.person_id,
        p.segment,
        s.recency_days,
        s.order_count,
        s.net_sales,
        s.recency_score,
        cast(s.frequency_score as bigint) as frequency_score,
        s.monetary_score,
        s.as_of_date
    from scored as s
    inner join rfm_segment_map as p
        on s.recency_score = p.recency_score and s.frequency_score = p.frequency_score
)

select * from final
