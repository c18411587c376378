-- The days on which each person visited before a cut-off, from visitor days known by then.
with churn_cutoffs as (
    select * from {{ ref('churn_cutoffs') }}
),

-- Only days that name nobody are looked up in the identity map.
visitor_days as (
    select
        *,
        case when customer_id is null then visitor_id end as unnamed_visitor_id
    from {{ ref('visitor_days') }}
    where not is_bot
),

int_identity__as_known as (
    select * from {{ ref('int_identity__as_known') }}
),

attributed as (
    select
        c.cut_off_at,
        {{ known_person_id('v.source_name', 'v.customer_id', 'v.visitor_id', 'v.first_event_at') }}
            as person_id,
        v.device_type,
        v.local_day,
        v.cart_add_count,
        v.support_message_count,
        v.last_available_at
    from churn_cutoffs as c
    inner join visitor_days as v
        on c.cut_off_date > v.available_day
    left join int_identity__as_known as i
        on
            c.cut_off_at = i.read_at
            and v.source_name = i.source_name
            and v.unnamed_visitor_id = i.visitor_id
            and v.first_event_at >= i.valid_from
            and v.first_event_at < i.valid_to
),

final as (
    select
        cut_off_at,
        person_id,
        sum(cart_add_count) as cart_add_count,
        sum(support_message_count) as support_message_count,
        coalesce(bool_or(device_type in ('phone', 'mobile')), false) as is_on_phone,
        coalesce(bool_or(device_type = 'tablet'), false) as is_on_tablet,
        local_day,
        max(last_available_at) as last_available_at
    from attributed
    where person_id is not null
    group by cut_off_at, person_id, local_day
)

select * from final
