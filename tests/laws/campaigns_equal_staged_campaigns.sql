-- Every campaign that was accepted is one row of the mart, and the mart holds no other: by source
-- and campaign, its name and start.
-- If it breaks: look at models/core/outreach/campaigns.sql: which version of a campaign counts, and
-- what staging rejected.
with landed as (
    {{ union_sources('campaigns') }}
),

expected as (
    select
        source_name,
        campaign_id,
        max_by(coalesce(name, ''), batch_id * 1000000000 + landed_row) as name,
        max_by(starts_at, batch_id * 1000000000 + landed_row) as starts_at
    from landed
    where reason_code is null
    group by source_name, campaign_id
),

campaigns as (
    select
        source_name,
        campaign_id,
        coalesce(name, '') as name,
        starts_at
    from {{ ref('campaigns') }}
)

{{ differences(
    'expected', 'campaigns', by=['source_name', 'campaign_id'], of=['name', 'starts_at']
) }}
