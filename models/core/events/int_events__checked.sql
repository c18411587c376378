-- Every landed event with what became of it: accepted, rejected (with its reason) or a repeated
-- copy of one that was accepted. A build reads the batches that are new and adds their rows; no
-- row that stands is ever changed.
{{ config(materialized='incremental', incremental_strategy='append') }}
{%- set ledger = ref('int_batches__numbered') %}

with int_batches__numbered as (
    select * from {{ ledger }}
    {% if is_incremental() %}
    where load_id > (select coalesce(max(t.load_id), 0) from {{ this }} as t)
    {% endif %}
),

staged as (
    {{ union_sources('events', batches=batches_to_take(ledger)) }}
),

landed as (
    select
        s.*,
        {{ text_key("concat_ws('|', s.source_name, s.event_id)") }} as event_key,
        b.load_id
    from staged as s
    inner join int_batches__numbered as b
        on s.source_name = b.source_name and s.batch_id = b.batch_id
),

-- Nearly every event_id comes once. Those that repeat are looked for by a number in place of the
-- text: the numbers of a long history are far cheaper to read than its texts.
repeated_keys as (
    select event_key
    from landed
    where reason_code is null
    group by event_key
    having count(*) > 1
    {% if is_incremental() %}
    union
    select event_key
    from landed
    where reason_code is null and event_key in (select t.event_key from {{ this }} as t)
    {% endif %}
),

-- Among valid rows of one event_id the first landed wins, and one that was taken before stays.
-- Landing batches in another order changes only which of two conflicting copies that is.
claims as (
    select
        source_name,
        event_id,
        row_hash,
        batch_id,
        landed_row,
        load_id,
        received_at
    from landed
    where reason_code is null and event_key in (select r.event_key from repeated_keys as r)
    {% if is_incremental() %}
    union all
    select
        source_name,
        event_id,
        row_hash,
        batch_id,
        landed_row,
        0 as load_id,
        received_at
    from {{ this }}
    where disposition = 'accepted' and event_key in (select r.event_key from repeated_keys as r)
    {% endif %}
),

ranked as (
    select
        source_name,
        batch_id,
        landed_row,
        row_number() over copies as claim_number,
        row_hash = first_value(row_hash) over copies as is_same_content
    from claims
    window copies as (
        partition by source_name, event_id
        order by load_id, batch_id, received_at nulls last, row_hash, landed_row
    )
),

late_claims as (
    select * from ranked
    where claim_number > 1
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
            when c.batch_id is null then 'accepted'
            when c.is_same_content then 'repeated_copy'
            else 'rejected'
        end as disposition,
        case
            when l.reason_code is not null then l.reason_code
            when not c.is_same_content then 'conflicting_event_id'
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
    from landed as l
    left join late_claims as c
        on
            l.source_name = c.source_name
            and l.batch_id = c.batch_id
            and l.landed_row = c.landed_row
)

select * from final
