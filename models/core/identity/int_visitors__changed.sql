-- In which build each visitor last changed: by the loads that its sessions took, and by what orders
-- tell of it, of which a hash is kept, since an account that signs up renames orders of before.
-- Tables of visitors are made anew for those that changed since, and for no others. Of a visitor of
-- whom nothing tells any more, as after an erasure, no row is left.
{{ config(
    materialized='incremental', incremental_strategy='merge',
    unique_key=['source_name', 'visitor_id'],
    post_hook='delete from {{ this }} where change_id is null',
) }}

with int_sessions__merged as (
    select * from {{ ref('int_sessions__merged') }}
    {% if is_incremental() %}
    where load_id > (select coalesce(max(t.load_id), 0) from {{ this }} as t)
    {% endif %}
),

int_orders__named as (
    select * from {{ ref('int_orders__named') }}
    where visitor_id is not null and not is_test
),

int_orders__versions as (
    select * from {{ ref('int_orders__versions') }}
    where visitor_id is not null and email_person_id is not null and not is_test
),

seen as (
    select
        source_name,
        visitor_id,
        max(load_id) as load_id
    from int_sessions__merged
    group by source_name, visitor_id
),

tellings as (
    select
        source_name,
        visitor_id,
        customer_id as named_as,
        evidence,
        ordered_at,
        known_at
    from int_orders__named
    union all
    select
        source_name,
        visitor_id,
        email_person_id as named_as,
        'buyer' as evidence,
        ordered_at,
        known_at
    from int_orders__versions
),

told as (
    select
        source_name,
        visitor_id,
        cast({{ content_sum(['named_as', 'evidence', 'ordered_at', 'known_at']) }} as string)
            as told
    from tellings
    group by source_name, visitor_id
),

visitors as (
    select
        coalesce(s.source_name, t.source_name) as source_name,
        coalesce(s.visitor_id, t.visitor_id) as visitor_id,
        s.load_id,
        coalesce(t.told, '') as told
    from seen as s
    full join told as t
        on s.source_name = t.source_name and s.visitor_id = t.visitor_id
),

changed as (
    {% if is_incremental() %}
    select
        coalesce(v.source_name, t.source_name) as source_name,
        coalesce(v.visitor_id, t.visitor_id) as visitor_id,
        coalesce(v.load_id, t.load_id) as load_id,
        coalesce(v.told, '') as told,
        v.told <> '' or coalesce(v.load_id, t.load_id) is not null as is_known
    from visitors as v
    full join {{ this }} as t
        on v.source_name = t.source_name and v.visitor_id = t.visitor_id
    where v.load_id is not null or coalesce(v.told, '') <> coalesce(t.told, '')
    {% else %}
    select
        *,
        true as is_known
    from visitors
    {% endif %}
),

final as (
    select
        source_name,
        visitor_id,
        load_id,
        told,
        case when is_known then cast({{ next_number('change_id') }} as bigint) end as change_id
    from changed
    union all
    -- The row of no visitor counts the builds, whoever changed in them or is gone.
    select
        '' as source_name,
        '' as visitor_id,
        cast(null as bigint) as load_id,
        '' as told,
        cast({{ next_number('change_id') }} as bigint) as change_id
)

select * from final
