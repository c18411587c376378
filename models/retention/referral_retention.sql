-- Do the referred stay? A comparison of those who came, not of what referring does.
with int_acquisition__people as (
    select * from {{ ref('int_acquisition__people') }}
),

referrals as (
    select * from {{ ref('referrals') }}
),

people as (
    select
        p.person_id,
        p.value_90d,
        p.is_retained_30d,
        p.is_eligible_30d,
        p.is_eligible_90d,
        p.is_settled,
        p.acquisition_month,
        coalesce(r.is_referred, false) as is_referred
    from int_acquisition__people as p
    left join referrals as r
        on p.person_id = r.person_id
),

counted as (
    select
        is_referred,
        acquisition_month,
        count(*) as people_count,
        count(case when is_eligible_30d then 1 end) as eligible_30d_count,
        count(case when is_eligible_30d and is_retained_30d then 1 end) as retained_30d_count,
        count(case when is_eligible_90d then 1 end) as eligible_90d_count,
        sum(case when is_eligible_90d then value_90d else 0 end) as value_90d,
        min(case when is_settled then 1 else 0 end) = 1 as is_settled
    from people
    group by is_referred, acquisition_month
),

final as (
    select
        people_count,
        eligible_30d_count,
        retained_30d_count,
        cast(retained_30d_count as double) / nullif(eligible_30d_count, 0) as retention_30d,
        {{ wilson_bound('retained_30d_count', 'eligible_30d_count', '-') }} as rate_low,
        {{ wilson_bound('retained_30d_count', 'eligible_30d_count', '+') }} as rate_high,
        eligible_90d_count,
        cast(value_90d as decimal(38, 4)) as value_90d,
        cast(round(value_90d / nullif(eligible_90d_count, 0), 4) as decimal(38, 4))
            as value_90d_per_person,
        is_referred,
        is_settled,
        acquisition_month
    from counted
)

select * from final
