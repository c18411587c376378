-- What is judged, and what is told: a cut-off and so many days after it. Months are judged at 90
-- days, past cut-offs at the days that they lie before the clock; of today the outcome is open.
{%- set horizons = value_horizons() %}
with int_value__cutoffs as (
    select * from {{ ref('int_value__cutoffs') }}
    where is_fitted
),

asked as (
    {%- for days in horizons %}
    select
        split,
        cut_off_number,
        cast({{ days }} as bigint) as horizon_days,
        has_season,
        cut_off_day,
        cut_off_at,
        as_of_at,
        {{ add_days('cut_off_at', days) }} as outcome_at
    from int_value__cutoffs
    where split = 'today' or (split = 'test' and horizon_days = {{ days }})
        {%- if days == 90 %} or split = 'month'{% endif %}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

final as (
    select
        split,
        cut_off_number,
        horizon_days,
        outcome_at <= as_of_at as has_outcome,
        has_season,
        cut_off_day,
        cut_off_at,
        outcome_at
    from asked
    where split = 'today' or outcome_at <= as_of_at
)

select * from final
