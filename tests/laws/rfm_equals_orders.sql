-- RFM of today is that of the orders and the ledger as they stand at the clock, each person once,
-- in every measure, score and the segment: counted here in one go, in the models month by month.
-- If it breaks: look for the person in segments.int_rfm__states, whose last row must hold what the
-- ledger says; if that is right, at the cut points, and at the seeds rfm_segment_map and
-- rfm_frequency_edges, out of which a person may fall.
with bought as (
    select
        person_id,
        count(*) as order_count,
        max(ordered_at) as last_order_at
    from {{ ref('orders') }}
    where is_net_at_clock and person_id is not null
    group by person_id
),

spent as (
    select
        m.person_id,
        sum(m.amount) as net_sales
    from {{ ref('money_lines') }} as m
    cross join {{ ref('clock') }} as c
    left join {{ ref('orders') }} as o
        on m.source_name = o.source_name and m.order_id = o.order_id
    where
        m.effective_at < c.as_of_at
        and {{ is_sale_kind('m.kind') }}
        and not coalesce(o.is_test, false)
    group by m.person_id
),

measured as (
    select
        b.person_id,
        b.order_count,
        s.net_sales,
        {{ floor_divide(
            epoch_micros('c.as_of_at') ~ ' - ' ~ epoch_micros('b.last_order_at'), 86400000000
        ) }} as recency_days
    from bought as b
    inner join spent as s
        on b.person_id = s.person_id
    cross join {{ ref('clock') }} as c
),

scored as (
    select
        *,
        cast(ceil(5 * cume_dist() over (order by recency_days desc)) as bigint) as recency_score,
        cast(ceil(5 * cume_dist() over (order by net_sales)) as bigint) as monetary_score
    from measured
),

frequent as (
    select
        s.person_id,
        max(e.frequency_score) as frequency_score
    from scored as s
    inner join {{ ref('rfm_frequency_edges') }} as e
        on s.order_count >= e.min_order_count
    group by s.person_id
),

expected as (
    select
        s.*,
        f.frequency_score,
        p.segment
    from scored as s
    inner join frequent as f
        on s.person_id = f.person_id
    inner join {{ ref('rfm_segment_map') }} as p
        on s.recency_score = p.recency_score and f.frequency_score = p.frequency_score
)

{{ differences(
    'expected',
    ref('rfm_segments'),
    by=['person_id'],
    of=[
        'order_count', 'net_sales', 'recency_days', 'recency_score', 'frequency_score',
        'monetary_score', 'segment'
    ]
) }}
