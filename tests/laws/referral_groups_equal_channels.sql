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

{{ differences(
    'groups', 'channels',
    by=['acquisition_month'],
    of=[
        'people_count', 'eligible_30d_count', 'retained_30d_count', 'eligible_90d_count', 'value_90d',
    ],
) }}
