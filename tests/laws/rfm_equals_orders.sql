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

{{ differences('bought', ref('rfm_segments'), by=['person_id'], of=['order_count']) }}
