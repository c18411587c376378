-- RFM counts each person with a net order at the clock once, with all of those orders.
-- If it breaks: a person falls out of a join in models/segments/rfm_segments.sql, most often with
-- the seeds rfm_segment_map and rfm_frequency_edges.
with bought as (
    select
        person_id,
        count(*) as order_count
    from {{ ref('orders') }}
    where is_net_at_clock and person_id is not null
    group by person_id
)

select
    coalesce(b.person_id, r.person_id) as person_id,
    b.order_count as in_orders,
    r.order_count as in_rfm
from bought as b
full outer join {{ ref('rfm_segments') }} as r
    on b.person_id = r.person_id
where b.order_count is distinct from r.order_count
