-- The landed events whose event_id another one has: of the valid rows of one id the first landed
-- counts, and one that was taken before stays. Landing batches in another order changes only which
-- of two conflicting copies that is. It reads numbers of rows that stand: told while they are
-- written, all columns of a long history would have to wait for it.
{{ config(materialized='incremental', incremental_strategy='append') }}
{%- set after = last_load_taken() -%}
{%- set valid = "reason_code is null and load_id > " ~ after %}

-- Nearly every event_id comes once. Those that repeat are looked for by a number in place of the
-- text: the numbers of a long history are far cheaper to read than its texts.
with repeated_keys as (
    select event_key
    from {{ ref('int_events__landed') }}
    where {{ valid }}
    group by event_key
    having count(*) > 1
    {% if is_incremental() %}
    union
    -- The many are held against the few: the other way a table of all of them would be made.
    select event_key
    from {{ ref('int_events__landed') }}
    where
        load_id <= {{ after }}
        and event_key in (
            select n.event_key
            from {{ ref('int_events__landed') }} as n
            where n.reason_code is null and n.load_id > {{ after }}
        )
    {% endif %}
),

claims as (
    select
        source_name,
        event_id,
        row_hash,
        batch_id,
        landed_row,
        load_id,
        received_at
    from {{ ref('int_events__landed') }}
    where {{ valid }} and event_key in (select r.event_key from repeated_keys as r)
    {% if is_incremental() %}
    union all
    select
        l.source_name,
        l.event_id,
        l.row_hash,
        l.batch_id,
        l.landed_row,
        0 as load_id,
        l.received_at
    from {{ ref('int_events__landed') }} as l
    left join {{ this }} as t
        on
            l.source_name = t.source_name
            and l.batch_id = t.batch_id
            and l.landed_row = t.landed_row
    where
        l.reason_code is null
        and l.load_id <= {{ after }}
        and l.event_key in (select r.event_key from repeated_keys as r)
        and t.batch_id is null
    {% endif %}
),

ranked as (
    select
        source_name,
        batch_id,
        landed_row,
        load_id,
        row_number() over copies as claim_number,
        row_hash = first_value(row_hash) over copies as is_same_content
    from claims
    window copies as (
        partition by source_name, event_id
        order by load_id, batch_id, received_at nulls last, row_hash, landed_row
    )
),

final as (
    select
        source_name,
        batch_id,
        landed_row,
        load_id,
        is_same_content
    from ranked
    where claim_number > 1
)

select * from final
