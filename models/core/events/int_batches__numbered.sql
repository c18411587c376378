-- The ledger of event batches: what landed, and with which load it is taken. A load is what one
-- build finds new; every state model follows the loads, each at its own pace, so that a build that
-- was killed between two of them goes on where it stood. Batches are known by set and never by
-- their maximum, and by what they hold: of one whose files were only touched the stamp alone is
-- written anew. The fingerprint reads staging and seeds, so these are built first.
{{ config(
    materialized='incremental', incremental_strategy='merge',
    unique_key=['source_name', 'batch_id'],
) }}
{%- set touched = batches_touched(this, with_new=true) if is_incremental() else none %}

with landed as (
    {{ landed_batches('events') }}
),

contents as (
    {{ contents_of_batches('events', touched) }}
),

final as (
    select
        l.source_name,
        l.stamp,
        c.content,
        '{{ state_fingerprint() }}' as fingerprint,
        l.batch_id,
        {% if is_incremental() -%}
        coalesce(t.load_id, cast({{ next_number('load_id') }} as bigint)) as load_id
        {%- else -%}
        cast({{ next_number('load_id') }} as bigint) as load_id
        {%- endif %}
    from landed as l
    left join contents as c
        on l.source_name = c.source_name and l.batch_id = c.batch_id
    {% if is_incremental() %}
    left join {{ this }} as t
        on l.source_name = t.source_name and l.batch_id = t.batch_id
    where t.batch_id is null or t.stamp <> l.stamp
    {% endif %}
)

select * from final
