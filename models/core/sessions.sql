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
        case
            when s.first_customer_id is not null then s.first_customer_id
            when i.shared_from is null or s.started_at < i.shared_from then i.customer_id
        end as resolved_customer_id,
        coalesce(s.started_at >= i.shared_from, false) as is_shared_device
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
        -- Two customers in one session, or nobody known on a shared device: nobody's.
        case
            when has_identity_conflict then null
            when is_shared_device and resolved_customer_id is null then null
            else {{ person_id('source_name', 'resolved_customer_id', 'visitor_id') }}
        end as person_id,
        case when not has_identity_conflict then resolved_customer_id end as customer_id,
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
