-- The windows in which orders are looked for: after every cut-off the shop's own horizon, and, to
-- compare horizons, others whose outcome is known. Each horizon is judged at the latest cut-off
-- that lies so long ago, and learned at the latest ones whose outcome was known by then; so is the
-- own one beside it. Two cut-offs carry a comparison.
{%- set train_cutoffs = 2 %}
with churn_cutoffs as (
    select * from {{ ref('churn_cutoffs') }}
),

churn_horizons_compared as (
    select * from {{ ref('churn_horizons_compared') }}
),

clock as (
    select * from {{ ref('clock') }}
),

horizons as (
    select cast(horizon_days as bigint) as horizon_days from churn_horizons_compared
    union
    select horizon_days from churn_cutoffs
),

windows as (
    select
        h.horizon_days,
        c.cut_off_at,
        {{ add_days('c.cut_off_at', 'h.horizon_days') }} as outcome_at,
        c.horizon_days = h.horizon_days as is_own
    from churn_cutoffs as c
    cross join horizons as h
),

known as (
    select w.*
    from windows as w
    inner join clock
        on w.outcome_at <= clock.as_of_at
),

tests as (
    select *
    from known
    qualify row_number() over (partition by horizon_days order by cut_off_at desc) = 1
),

trains as (
    select
        w.horizon_days,
        w.cut_off_at,
        w.outcome_at
    from tests as t
    inner join known as w
        on t.cut_off_at >= w.outcome_at and (t.horizon_days = w.horizon_days or w.is_own)
    qualify
        row_number() over (
            partition by t.horizon_days, w.horizon_days
            order by w.cut_off_at desc
        ) <= {{ train_cutoffs }}
),

compared as (
    select
        horizon_days,
        cut_off_at,
        outcome_at
    from tests
    union
    select * from trains
),

final as (
    select
        w.horizon_days,
        w.is_own,
        c.horizon_days is not null as is_compared,
        w.cut_off_at,
        w.outcome_at
    from windows as w
    left join compared as c
        on w.horizon_days = c.horizon_days and w.cut_off_at = c.cut_off_at
    where w.is_own or c.horizon_days is not null
)

select * from final
