-- Visitor days with all that combines when more events of one become known on the same day. A
-- build adds up the new events and merges the sums with the stored ones of the same key. How the
-- visitor came travels with the instant of the first event, as one value.
{{ config(
    materialized='incremental', incremental_strategy='merge',
    unique_key=[
        'source_name', 'visitor_id', 'customer_id_or_none', 'local_day', 'available_day',
    ],
) }}
{%- set new = loads_to_take(ref('int_events__checked')) -%}
{%- set entry = [
    'first_event_at', 'landing_page_url', 'referrer', 'utm_source', 'utm_medium',
] %}

with events as (
    select
        *,
        page_url as landing_page_url,
        occurred_at as first_event_at
    from {{ ref('int_events__checked') }}
    where disposition = 'accepted' and visitor_id is not null and load_id > {{ new.after }}
),

event_types as (
    select * from {{ ref('event_types') }}
),

new_days as (
    select
        e.source_name,
        e.visitor_id,
        -- A merge never matches a key that is null, so no customer is an empty text here.
        coalesce(e.customer_id, '') as customer_id_or_none,
        -- A visitor is one device; where events disagree on its type, the first by name is taken.
        min(e.device_type) as device_type,
        max(e.load_id) as load_id,
        count(*) as event_count,
        count(case when t.is_activity then 1 end) as activity_count,
        count(case when t.is_view then 1 end) as view_count,
        count(case when e.event_type = 'add_to_cart' then 1 end) as cart_add_count,
        count(case when e.event_type = 'purchase' then 1 end) as purchase_count,
        count(case when e.event_type = 'support_message' then 1 end) as support_message_count,
        {{ local_day('e.occurred_at') }} as local_day,
        cast(e.available_at as date) as available_day,
        min({{ struct_of(entry) }}) as entry,
        max(e.occurred_at) as last_event_at,
        max(e.available_at) as last_available_at
    from events as e
    inner join event_types as t
        on e.event_type = t.event_type
    group by
        e.source_name, e.visitor_id, coalesce(e.customer_id, ''),
        {{ local_day('e.occurred_at') }}, cast(e.available_at as date)
),

{% if is_incremental() %}
parts as (
    select * from new_days
    union all
    select s.*
    from {{ this }} as s
    inner join new_days as n
        on
            s.source_name = n.source_name
            and s.visitor_id = n.visitor_id
            and s.customer_id_or_none = n.customer_id_or_none
            and s.local_day = n.local_day
            and s.available_day = n.available_day
),
{% endif %}

final as (
    {% if is_incremental() %}
    select
        source_name,
        visitor_id,
        customer_id_or_none,
        min(device_type) as device_type,
        max(load_id) as load_id,
        cast(sum(event_count) as bigint) as event_count,
        cast(sum(activity_count) as bigint) as activity_count,
        cast(sum(view_count) as bigint) as view_count,
        cast(sum(cart_add_count) as bigint) as cart_add_count,
        cast(sum(purchase_count) as bigint) as purchase_count,
        cast(sum(support_message_count) as bigint) as support_message_count,
        local_day,
        available_day,
        min(entry) as entry,
        max(last_event_at) as last_event_at,
        max(last_available_at) as last_available_at
    from parts
    group by source_name, visitor_id, customer_id_or_none, local_day, available_day
    {% else %}
    select * from new_days
    {% endif %}
)

select * from final
