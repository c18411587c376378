-- What is judged, and what is told: a cut-off and so many days after it. Months are judged at 90
-- days, past cut-offs at the days that they lie before the clock; of today the outcome is open.
with int_value__cutoffs as (
    select * from {{ ref('int_value__cutoffs') }}
    where is_fitted
),

asked as (
    select
        split,
        cut_off_number,
        case when split = 'month' then 90 else horizon_days end as horizon_days,
        has_season,
        cut_off_day,
        cut_off_at,
        as_of_at
    from int_value__cutoffs
    where split <> 'today'
    {%- for days in value_horizons() %}
    union all
    select
        split,
        cut_off_number,
        {{ days }} as horizon_days,
        has_season,
        cut_off_day,
        cut_off_at,
        as_of_at
    from int_value__cutoffs
    where split = 'today'
    {%- endfor %}
),

dated as (
    select
        *,
        {{ add_days('cut_off_at', 'horizon_days') }} as outcome_at
    from asked
),

final as (
    select
        split,
        cut_off_number,
        cast(horizon_days as bigint) as horizon_days,
        outcome_at <= as_of_at as has_outcome,
        has_season,
        cut_off_day,
        cut_off_at,
        outcome_at
    from dated
    where split = 'today' or outcome_at <= as_of_at
)

select * from final
