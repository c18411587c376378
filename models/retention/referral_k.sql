-- How many customers a customer brings within a window from joining. Only those whose window is
-- over count, with what they brought inside of it: who came last month has not had the time.
with referrals as (
    select * from {{ ref('referrals') }}
),

clock as (
    select * from {{ ref('clock') }}
),

-- Where no profile names a referrer the source does not ask for one, and k is unknown, not 0.
telling_sources as (
    select distinct source_name
    from referrals
    where is_referred
),

joined as (
    select
        r.source_name,
        r.customer_id,
        r.joined_at,
        {{ add_days('r.joined_at', setting('referral_window_days')) }} as window_end_at,
        clock.as_of_at,
        cast(date_trunc('month', {{ local_day('r.joined_at') }}) as date) as joined_month
    from referrals as r
    inner join telling_sources as t
        on r.source_name = t.source_name
    cross join clock
    where r.joined_at < clock.as_of_at
),

-- A referrer who by our dates joined later than who was brought counts all the same.
brought as (
    select
        j.source_name,
        j.customer_id,
        count(case when r.joined_at < j.window_end_at then 1 end) as in_window_count,
        count(
            case when r.joined_at >= j.window_end_at and r.joined_at < j.as_of_at then 1 end
        ) as later_count
    from joined as j
    inner join referrals as r
        on j.source_name = r.source_name and j.customer_id = r.referrer_id
    group by j.source_name, j.customer_id
),

customers as (
    select
        j.joined_month,
        j.window_end_at <= j.as_of_at as is_eligible,
        coalesce(b.in_window_count, 0) as in_window_count,
        coalesce(b.later_count, 0) as later_count
    from joined as j
    left join brought as b
        on j.source_name = b.source_name and j.customer_id = b.customer_id
),

by_month as (
    select
        'month' as cohort_grain,
        count(*) as customer_count,
        count(case when is_eligible then 1 end) as eligible_count,
        sum(case when is_eligible then in_window_count end) as referred_count,
        sum(case when is_eligible then later_count end) as referred_later_count,
        joined_month as cohort_start
    from customers
    group by joined_month
),

of_all as (
    select
        'all' as cohort_grain,
        sum(customer_count) as customer_count,
        sum(eligible_count) as eligible_count,
        sum(referred_count) as referred_count,
        sum(referred_later_count) as referred_later_count,
        min(cohort_start) as cohort_start
    from by_month
),

cells as (
    select * from by_month
    union all
    select * from of_all
),

final as (
    select
        cohort_grain,
        cast(customer_count as bigint) as customer_count,
        cast(eligible_count as bigint) as eligible_count,
        cast(referred_count as bigint) as referred_count,
        cast(referred_later_count as bigint) as referred_later_count,
        cast(referred_count as double) / eligible_count as k_factor,
        {{ poisson_bound('referred_count', 'eligible_count', '-') }} as k_low,
        {{ poisson_bound('referred_count', 'eligible_count', '+') }} as k_high,
        cohort_start
    from cells
    where eligible_count > 0
)

select * from final
