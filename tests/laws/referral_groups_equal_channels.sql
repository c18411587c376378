-- The referred and the others are together whom the channels brought, month by month, in every
-- count and in money.
-- If it breaks: referral_retention and channel_quality take other people or another month: both
-- read int_acquisition__people.
with groups as (
    select
        acquisition_month,
        sum(people_count) as people_count,
        sum(eligible_30d_count) as eligible_30d_count,
        sum(retained_30d_count) as retained_30d_count,
        sum(eligible_90d_count) as eligible_90d_count,
        sum(value_90d) as value_90d
    from {{ ref('referral_retention') }}
    group by acquisition_month
),

channels as (
    select
        acquisition_month,
        sum(people_count) as people_count,
        sum(eligible_30d_count) as eligible_30d_count,
        sum(retained_30d_count) as retained_30d_count,
        sum(eligible_90d_count) as eligible_90d_count,
        sum(value_90d) as value_90d
    from {{ ref('channel_quality') }}
    where people_count > 0
    group by acquisition_month
)

select
    coalesce(g.acquisition_month, c.acquisition_month) as acquisition_month,
    g.people_count,
    c.people_count as in_channels
from groups as g
full outer join channels as c
    on g.acquisition_month = c.acquisition_month
where
    g.people_count is distinct from c.people_count
    or g.eligible_30d_count is distinct from c.eligible_30d_count
    or g.retained_30d_count is distinct from c.retained_30d_count
    or g.eligible_90d_count is distinct from c.eligible_90d_count
    or g.value_90d is distinct from c.value_90d
