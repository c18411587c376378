-- The days on which each buyer visited before a cut-off, from visitor days known by then.
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

int_purchases__measured as (
    select * from {{ ref('int_purchases__measured') }}
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
        p.history_number,
        sum(a.cart_add_count) as cart_add_count,
        sum(a.support_message_count) as support_message_count,
        coalesce(bool_or(a.device_type in ('phone', 'mobile')), false) as is_on_phone,
        coalesce(bool_or(a.device_type = 'tablet'), false) as is_on_tablet,
        a.local_day,
        max(a.last_available_at) as last_available_at
    from attributed as a
    inner join int_purchases__measured as p
        on a.cut_off_at = p.cut_off_at and a.person_id = p.person_id
    group by p.history_number, a.local_day
)

select * from final
