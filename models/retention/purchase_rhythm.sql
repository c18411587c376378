-- When each buyer's next order is to be expected, and how overdue it is. A person's mean log gap is
-- shrunk to that of the first category: its weight is n / (n + k), n gaps, k = the variance within
-- people / that between them (the posterior mean of a normal model; Bühlmann's credibility). The
-- next gap then is log-logistic, with the posterior mean and the predictive variance of its log:
-- close to the log-normal, and its quantiles and probabilities are plain SQL.
with int_retention__order_days as (
    select * from {{ ref('int_retention__order_days') }}
),

int_retention__first_categories as (
    select * from {{ ref('int_retention__first_categories') }}
),

int_retention__gap_priors as (
    select * from {{ ref('int_retention__gap_priors') }}
),

clock as (
    select * from {{ ref('clock') }}
),

people as (
    select
        person_id,
        count(*) as order_day_count,
        count(gap_days) as gap_count,
        cast(sum(gap_days) as double) / nullif(count(gap_days), 0) as mean_gap_days,
        coalesce(cast(sum(cast(ln(gap_days) as decimal(18, 12))) as double), 0) as log_gap_sum,
        min(order_day) as first_order_day,
        max(order_day) as last_order_day
    from int_retention__order_days
    group by person_id
),

-- The prior of the first category where it has one, else that of the shop.
informed as (
    select
        p.person_id,
        p.order_day_count,
        p.gap_count,
        p.mean_gap_days,
        p.log_gap_sum,
        p.first_order_day,
        p.last_order_day,
        c.first_category,
        coalesce(k.prior_level, s.prior_level) as prior_level,
        coalesce(k.mean_log_gap, s.mean_log_gap) as mean_log_gap,
        coalesce(k.within_variance, s.within_variance) as within_variance,
        coalesce(k.between_variance, s.between_variance) as between_variance,
        cast({{ days_between('p.last_order_day', 'clock.open_day') }} as bigint)
            as days_since_last_order,
        cast(clock.as_of_at as date) as as_of_date
    from people as p
    inner join int_retention__first_categories as c
        on p.person_id = c.person_id
    left join int_retention__gap_priors as k
        on k.prior_level = 'category' and c.first_category = k.first_category
    left join int_retention__gap_priors as s
        on s.prior_level = 'shop'
    cross join clock
),

-- Expectation and variance of the log of the next gap: what its own gaps say, and what is left
-- unknown of the person besides the spread from gap to gap.
shrunk as (
    select
        *,
        gap_count * between_variance / (gap_count * between_variance + within_variance)
            as own_weight,
        (log_gap_sum * between_variance + mean_log_gap * within_variance)
        / (gap_count * between_variance + within_variance) as log_gap,
        within_variance
        + between_variance * within_variance / (gap_count * between_variance + within_variance)
            as log_gap_variance
    from informed
),

-- A logistic distribution of that variance has the scale sqrt(3 variance) / pi, and its 10 % and
-- 90 % quantiles lie ln(9) scales from the mean.
scaled as (
    select
        *,
        sqrt(3 * log_gap_variance) / pi() as log_gap_scale
    from shrunk
),

predicted as (
    select
        *,
        exp(log_gap) as expected_gap_days,
        exp(log_gap - ln(9) * log_gap_scale) as expected_gap_days_low,
        exp(log_gap + ln(9) * log_gap_scale) as expected_gap_days_high,
        case
            when log_gap is null then null
            when days_since_last_order < 1 then 0
            else 1 / (1 + exp((log_gap - ln(nullif(days_since_last_order, 0))) / log_gap_scale))
        end as overdue_score
    from scaled
),

-- As whole days, at least one and at most a hundred years: a date that calendars can hold.
dated as (
    select
        *,
        case
            when expected_gap_days < 1 then 1
            when expected_gap_days > 36500 then 36500
            else round(expected_gap_days)
        end as days_to_expected,
        case
            when expected_gap_days_low < 1 then 1
            when expected_gap_days_low > 36500 then 36500
            else round(expected_gap_days_low)
        end as days_to_expected_low,
        case
            when expected_gap_days_high < 1 then 1
            when expected_gap_days_high > 36500 then 36500
            else round(expected_gap_days_high)
        end as days_to_expected_high
    from predicted
),

final as (
    select
        person_id,
        first_category,
        prior_level,
        order_day_count,
        gap_count,
        days_since_last_order,
        cast(case
            when days_since_last_order > days_to_expected_high
                then days_since_last_order - days_to_expected_high
            when days_to_expected_high is not null then 0
        end as bigint) as overdue_days,
        mean_gap_days,
        own_weight,
        expected_gap_days,
        expected_gap_days_low,
        expected_gap_days_high,
        cast(overdue_score as double) as overdue_score,
        first_order_day,
        last_order_day,
        {{ add_days('last_order_day', 'days_to_expected', 'date') }} as expected_order_day,
        {{ add_days('last_order_day', 'days_to_expected_low', 'date') }} as expected_order_day_low,
        {{ add_days('last_order_day', 'days_to_expected_high', 'date') }}
            as expected_order_day_high,
        as_of_date
    from dated
)

select * from final
