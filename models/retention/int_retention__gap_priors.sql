-- How long gaps between order days are in each first category and in the shop, on the log scale,
-- and how much they differ within a person and between people: the credibility model of Bühlmann
-- and Straub with its usual estimators (Bühlmann and Gisler 2005, chapter 4), a person's weight
-- being the number of gaps. Logs are summed as decimals: a sum of floats depends on its order.
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
        cast(null as varchar) as first_category,
        p.*
    from people as p
),

sums as (
    select
        prior_level,
        first_category,
        count(*) as people_count,
        cast(sum(gap_count) as double) as gap_count,
        cast(sum(gap_count * gap_count) as double) as squared_gap_count,
        cast(sum(cast(log_gap_sum as decimal(24, 12))) as double) as log_gap_sum,
        cast(sum(cast(squared_log_gap_sum as decimal(24, 12))) as double) as squared_log_gap_sum,
        cast(sum(cast(log_gap_sum * log_gap_sum / gap_count as decimal(24, 12))) as double)
            as explained_sum
    from members
    group by prior_level, first_category
),

-- Variance within people, of all gaps beyond a person's first. Gaps are whole days, so it is never
-- less than what rounding to a day makes: an interval of no width would be a lie.
spread as (
    select
        *,
        log_gap_sum / gap_count as mean_log_gap,
        greatest(
            (squared_log_gap_sum - explained_sum) / nullif(gap_count - people_count, 0),
            1.0 / 12 / exp(2 * log_gap_sum / gap_count)
        ) as within_variance
    from sums
    where gap_count > people_count and people_count > 1
),

between_people as (
    select
        *,
        greatest(
            0,
            (
                explained_sum - gap_count * mean_log_gap * mean_log_gap
                - (people_count - 1) * within_variance
            ) / (gap_count - squared_gap_count / gap_count)
        ) as between_variance
    from spread
),

-- The mean of the prior weighs people by their credibility, not by their number of gaps.
weighed as (
    select
        b.prior_level,
        b.first_category,
        cast(
            m.gap_count * b.between_variance
            / (m.gap_count * b.between_variance + b.within_variance) as decimal(24, 12)
        ) as own_weight,
        cast(
            m.log_gap_sum * b.between_variance
            / (m.gap_count * b.between_variance + b.within_variance) as decimal(24, 12)
        ) as weighed_log_gap
    from between_people as b
    inner join members as m
        on b.prior_level = m.prior_level and b.first_category is not distinct from m.first_category
),

means as (
    select
        prior_level,
        first_category,
        cast(sum(weighed_log_gap) as double) / nullif(cast(sum(own_weight) as double), 0)
            as weighed_mean_log_gap
    from weighed
    group by prior_level, first_category
),

final as (
    select
        b.prior_level,
        b.first_category,
        b.people_count,
        cast(b.gap_count as bigint) as gap_count,
        coalesce(m.weighed_mean_log_gap, b.mean_log_gap) as mean_log_gap,
        b.within_variance,
        b.between_variance
    from between_people as b
    inner join means as m
        on b.prior_level = m.prior_level and b.first_category is not distinct from m.first_category
    -- A category with few people borrows the shop's prior.
    where
        b.prior_level = 'shop'
        or least(b.people_count, b.gap_count - b.people_count) >= {{ setting('rhythm_min_people') }}
)

select * from final
