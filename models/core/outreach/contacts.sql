-- Messages to one person each, as they are now: the latest version (openings and clicks follow).
-- Only `sent_at` was known when the message left; a feature at a cut-off reads nothing else.
with landed as (
    {{ union_sources('contacts') }}
),

current_versions as (
    select *
    from landed
    where reason_code is null
    qualify row_number() over (
        partition by source_name, contact_id
        order by batch_id desc, landed_row desc
    ) = 1
),

final as (
    select
        source_name,
        contact_id,
        {{ person_id('source_name', 'customer_id', 'cast(null as string)') }} as person_id,
        customer_id,
        campaign_id,
        channel,
        cost,
        sent_at,
        opened_at,
        clicked_at
    from current_versions
)

select * from final
