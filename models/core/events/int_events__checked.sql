-- Every landed event with what became of it: accepted, rejected (with its reason) or a repeated
-- copy of one that was accepted.
{{ config(materialized='view') }}

with int_events__landed as (
    select * from {{ ref('int_events__landed') }}
),

int_events__repeated as (
    select * from {{ ref('int_events__repeated') }}
),

final as (
    select
        l.source_name,
        l.event_id,
        l.event_type,
        l.visitor_id,
        l.customer_id,
        l.product_id,
        l.order_id,
        l.currency,
        l.page_url,
        l.referrer,
        l.utm_source,
        l.utm_medium,
        l.utm_campaign,
        l.device_type,
        l.user_agent,
        l.search_term,
        l.text,
        l.properties,
        case
            when l.reason_code is not null then 'rejected'
            when r.batch_id is null then 'accepted'
            when r.is_same_content then 'repeated_copy'
            else 'rejected'
        end as disposition,
        case
            when l.reason_code is not null then l.reason_code
            when not r.is_same_content then 'conflicting_event_id'
        end as reason_code,
        l.raw_values,
        l.row_hash,
        l.event_key,
        l.load_id,
        l.batch_id,
        l.landed_row,
        l.quantity,
        l.result_count,
        l.load_ms,
        l.rating,
        l.price,
        l.occurred_at,
        l.received_at,
        l.available_at
    from int_events__landed as l
    left join int_events__repeated as r
        on
            l.source_name = r.source_name
            and l.batch_id = r.batch_id
            and l.landed_row = r.landed_row
)

select * from final
