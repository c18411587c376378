-- Identity is a join, never an update: a session belongs to its visitor, and to whom that visitor
-- was at its start.
with int_sessions__measured as (
    select * from {{ ref('int_sessions__measured') }}
),

identity_map as (
    select * from {{ ref('identity_map') }}
),

identified as (
    select
        s.*,
        coalesce(s.first_customer_id <> s.last_customer_id, false) as has_identity_conflict,
        {{ known_customer_id('s.first_customer_id', 's.started_at') }} as known_customer_id,
        {{ known_person_id(
            's.source_name', 's.first_customer_id', 's.visitor_id', 's.started_at'
        ) }} as known_person_id
    from int_sessions__measured as s
    left join identity_map as i
        on
            s.source_name = i.source_name
            and s.visitor_id = i.visitor_id
            and s.started_at >= i.valid_from
            and s.started_at < i.valid_to
),

final as (
    select
        source_name,
        session_id,
        visitor_id,
        -- Two customers in one session: it counts for no person.
        case when not has_identity_conflict then known_person_id end as person_id,
        case when not has_identity_conflict then known_customer_id end as customer_id,
        device_type,
        landing_page_url,
        referrer,
        utm_source,
        utm_medium,
        utm_campaign,
        bot_reason,
        event_count,
        page_view_count,
        product_view_count,
        search_count,
        cart_add_count,
        checkout_start_count,
        purchase_count,
        is_engaged,
        bot_reason is not null as is_bot,
        has_identity_conflict,
        started_at,
        ended_at
    from identified
)

select * from final
