-- How long gaps between order days are in each first category and in the shop, on the log scale,
-- and how much they differ within a person and between people: a one-way random-effects model with
-- its unweighted moment estimators (Hedges and Olkin 1985, section 9.C). Each person counts once,
-- however many gaps: quick buyers have more of them, and would make everybody quick. Logs are
-- summed as decimals: a sum of floats depends on its order.
with int_retention__order_days as (
    select * from {{ ref('int_retention__order_days') }}
),

int_retention__first_categories as (
    select * from {{ ref('int_retention__first_categories') }}
),

log_gaps as (
    select
        person_id,
        cast(ln(gap_days) as decimal(18, 12)) as log_gap,
        cast(ln(gap_days) * ln(gap_days) as decimal(18, 12)) as squared_log_gap
    from int_retention__order_days
    where gap_days is not null
),

people as (
    select
        person_id,
        count(*) as gap_count,
        cast(sum(log_gap) as double) as log_gap_sum,
        cast(sum(squared_log_gap) as double) as squared_log_gap_sum
    from log_gaps
    group by person_id
),

-- Each person speaks for the first category and for the shop.
members as (
    select
        'category' as prior_level,
        c.first_category,
        p.*
    from people as p
    inner join int_retention__first_categories as c
        on p.person_id = c.person_id
    where c.first_category is not null
    union all
    select
        'shop' as prior_level,
        cast(null as string) as first_category,
        p.*
    from people as p
),

sums as (
    select
        prior_level,
        first_category,
        count(*) as people_count,
        cast(sum(gap_count) as bigint) as gap_count,
        cast(sum(cast(squared_log_gap_sum as decimal(24, 12))) as double) as squared_log_gap_sum,
        cast(sum(cast(log_gap_sum * log_gap_sum / gap_count as decimal(24, 12))) as double)
            as explained_sum,
        cast(sum(cast(log_gap_sum / gap_count as decimal(24, 12))) as double) / count(*)
            as mean_log_gap,
        cast(
            sum(cast((log_gap_sum / gap_count) * (log_gap_sum / gap_count) as decimal(24, 12)))
            as double
        ) as squared_mean_sum,
        cast(sum(cast(1 / cast(gap_count as double) as decimal(24, 12))) as double) / count(*)
            as mean_share_of_gap
    from members
    group by prior_level, first_category
),

-- Variance within people, of all gaps beyond a person's first. Gaps are whole days, so it is never
-- less than what rounding to a day makes: an interval of no width would be a lie.
spread as (
    select
        *,
        greatest(
            (squared_log_gap_sum - explained_sum) / (gap_count - people_count),
            1.0 / 12 / exp(2 * mean_log_gap)
        ) as within_variance
    from sums
    where gap_count > people_count and people_count > 1
),

-- What people's means differ by, less what their few gaps explain.
between_people as (
    select
        *,
        greatest(
            0,
            (squared_mean_sum - people_count * mean_log_gap * mean_log_gap) / (people_count - 1)
            - within_variance * mean_share_of_gap
        ) as between_variance
    from spread
),

final as (
    select
        prior_level,
        first_category,
        people_count,
        gap_count,
        mean_log_gap,
        within_variance,
        between_variance
    from between_people
    -- A category with few people borrows the shop's prior.
    where
        prior_level = 'shop'
        or least(people_count, gap_count - people_count) >= {{ setting('rhythm_min_people') }}
)

select * from final
