-- Every landed event as staging reads it, valid or not. A build reads the batches that are new and
-- adds their rows, one after the other and none held back; no row that stands is ever changed.
{{ config(materialized='incremental', incremental_strategy='append') }}
{%- set ledger = ref('int_batches__numbered') %}

with int_batches__numbered as (
    select * from {{ ledger }}
    where load_id > {{ last_load_taken() }}
),

staged as (
    {{ union_sources('events', batches=batches_to_take(ledger)) }}
),

final as (
    select
        s.source_name,
        s.event_id,
        s.event_type,
        s.visitor_id,
        s.customer_id,
        s.product_id,
        s.order_id,
        s.currency,
        s.page_url,
        s.referrer,
        s.utm_source,
        s.utm_medium,
        s.utm_campaign,
        s.device_type,
        s.user_agent,
        s.search_term,
        s.text,
        s.properties,
        s.reason_code,
        s.raw_values,
        s.row_hash,
        {{ text_key("concat_ws('|', s.source_name, s.event_id)") }} as event_key,
        b.load_id,
        s.batch_id,
        s.landed_row,
        s.quantity,
        s.result_count,
        s.load_ms,
        s.rating,
        s.price,
        s.occurred_at,
        s.received_at,
        s.available_at
    from staged as s
    inner join int_batches__numbered as b
        on s.source_name = b.source_name and s.batch_id = b.batch_id
)

select * from final
