-- Every landed event with what became of it: accepted, rejected (with its reason) or a repeated
-- copy of one that was accepted.
with landed as (
    {{ union_sources('events') }}
),

-- Among valid rows of one event_id the first landed wins. Landing batches in another order
-- changes only which of two conflicting copies that is.
valid as (
    select
        source_name,
        batch_id,
        landed_row,
        row_number() over copies as copy_number,
        row_hash = first_value(row_hash) over copies as is_same_content
    from landed
    where reason_code is null
    window copies as (
        partition by source_name, event_id
        order by batch_id, received_at nulls last, row_hash, landed_row
    )
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
            when v.copy_number = 1 then 'accepted'
            when v.is_same_content then 'repeated_copy'
            else 'rejected'
        end as disposition,
        case
            when l.reason_code is not null then l.reason_code
            when v.copy_number > 1 and not v.is_same_content then 'conflicting_event_id'
        end as reason_code,
        l.raw_values,
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
    left join valid as v
        on
            l.source_name = v.source_name
            and l.batch_id = v.batch_id
            and l.landed_row = v.landed_row
)

select * from final
