-- Everybody came by exactly one channel, known or not: the people of a month are its cohort of net
-- orders. Who is judged is one of them, and who came back is one of those.
-- If it breaks: a person has no channel, or two: look at int_acquisition__people and the order of
-- seed channel_rules.
with cohorts as (
    select
        cohort_start as acquisition_month,
        max(cohort_size) as people_count
    from {{ ref('cohort_retention') }}
    where cohort_grain = 'month' and start_kind = 'net_order' and period_index = 0
    group by cohort_start
),

channels as (
    select
        acquisition_month,
        sum(people_count) as people_count,
        sum(
            case
                when retained_30d_count > eligible_30d_count then 1
                when eligible_30d_count > people_count then 1
                when eligible_90d_count > eligible_30d_count then 1
                else 0
            end
        ) as unlawful_count
    from {{ ref('channel_quality') }}
    where people_count > 0
    group by acquisition_month
)

select
    coalesce(c.acquisition_month, q.acquisition_month) as acquisition_month,
    c.people_count as in_cohort,
    q.people_count as in_channels,
    q.unlawful_count
from cohorts as c
full outer join channels as q
    on c.acquisition_month = q.acquisition_month
where c.people_count is distinct from q.people_count or q.unlawful_count > 0
