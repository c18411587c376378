-- Campaigns as they are now: the latest version of each.
with landed as (
    {{ union_sources('campaigns') }}
),

current_versions as (
    select *
    from landed
    where reason_code is null
    qualify row_number() over (
        partition by source_name, campaign_id
        order by batch_id desc, landed_row desc
    ) = 1
),

final as (
    select
        source_name,
        campaign_id,
        name,
        kind,
        target_segment,
        offer_value,
        starts_at,
        ends_at
    from current_versions
)

select * from final
