-- A referral of a referrer who is eligible falls inside the window, or after it and before the
-- clock, and nowhere else; the months add up to the row of all.
-- If it breaks: look at the edges of the window (var referral_window_days) in
-- models/retention/referral_k.sql.
with pairs as (
    select count(*) as referral_count
    from {{ ref('referrals') }} as r
    inner join {{ ref('referrals') }} as p
        on r.source_name = p.source_name and r.referrer_id = p.customer_id
    cross join {{ ref('clock') }} as c
    where
        {{ add_days('p.joined_at', setting('referral_window_days')) }} <= c.as_of_at
        and r.joined_at < c.as_of_at
),

sums as (
    select
        cohort_grain,
        sum(eligible_count) as eligible_count,
        sum(referred_count) as referred_count,
        sum(referred_later_count) as referred_later_count
    from {{ ref('referral_k') }}
    group by cohort_grain
)

select
    s.cohort_grain,
    s.referred_count,
    s.referred_later_count,
    p.referral_count
from pairs as p
left join sums as s
    on true
left join sums as a
    on a.cohort_grain = 'all'
where
    coalesce(s.referred_count + s.referred_later_count, 0) <> p.referral_count
    or s.eligible_count is distinct from a.eligible_count
    or s.referred_count is distinct from a.referred_count
