-- The ledger of event batches: what landed, and with which load it is taken. A load is what one
-- build finds new; every state model follows the loads, each at its own pace, so that a build that
-- was killed between two of them goes on where it stood. Batches are known by set and never by
-- their maximum. The fingerprint reads staging and seeds, so these are built first.
{{ config(materialized='incremental', incremental_strategy='append') }}

with landed as (
    {{ landed_batches('events') }}
),

final as (
    select
        l.source_name,
        l.stamp,
        '{{ state_fingerprint() }}' as fingerprint,
        l.batch_id,
        cast({{ next_load_id() }} as bigint) as load_id
    from landed as l
    {% if is_incremental() %}
    left join {{ this }} as t
        on l.source_name = t.source_name and l.batch_id = t.batch_id
    where t.batch_id is null
    {% endif %}
)

select * from final
