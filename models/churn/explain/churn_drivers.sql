-- What moves the scores of each classifier over all customers. A driver is stable where its
-- direction does not turn round between the cut-offs, and its worst rank is at most twice its best
-- one and one more: the first may fall to the third place, the tenth to the twenty-first.
with ml_churn_drivers as (
    select * from {{ ref('ml_churn_drivers') }}
),

int_churn__features as (
    select * from {{ ref('int_churn__features') }}
),

-- Decimals, since a sum of floats depends on the order in which threads add them up.
measured as (
    select
        cast(d.classifier as string) as classifier,
        cast(d.split as string) as split,
        f.family,
        f.feature,
        cast(d.mean_absolute_contribution as decimal(18, 12)) as contribution,
        coalesce(cast(d.value_correlation as double), 0) as rank_correlation
    from ml_churn_drivers as d
    inner join int_churn__features as f
        on cast(d.feature as string) = f.feature
),

ranked as (
    select
        *,
        row_number() over (
            partition by classifier, split
            order by contribution desc, feature asc
        ) as split_rank
    from measured
),

-- A correlation nearer to 0 than .1 is no direction. Decimals divided are a float, so the mean is
-- made a decimal again before it is summed.
pooled as (
    select
        classifier,
        family,
        feature,
        cast(sum(contribution) / count(*) as decimal(18, 12)) as contribution,
        max(case when split = 'validation' then split_rank end) as rank_validation,
        max(case when split = 'test' then split_rank end) as rank_test,
        max(case when split = 'today' then split_rank end) as rank_today,
        min(split_rank) as best_rank,
        max(split_rank) as worst_rank,
        min(rank_correlation) as lowest_correlation,
        max(rank_correlation) as highest_correlation
    from ranked
    group by classifier, family, feature
),

totals as (
    select
        *,
        sum(contribution) over (partition by classifier) as of_classifier,
        sum(contribution) over (partition by classifier, family) as of_family
    from pooled
),

final as (
    select
        classifier,
        family,
        feature,
        case
            when lowest_correlation <= -0.1 and highest_correlation >= 0.1 then 'mixed'
            when highest_correlation >= 0.1 then 'raises'
            when lowest_correlation <= -0.1 then 'lowers'
            else 'mixed'
        end as direction,
        row_number() over (
            partition by classifier
            order by contribution desc, feature asc
        ) as driver_rank,
        rank_validation,
        rank_test,
        rank_today,
        cast(contribution as double) as mean_absolute_contribution,
        cast(contribution as double) / nullif(cast(of_classifier as double), 0) as share_of_total,
        cast(of_family as double) / nullif(cast(of_classifier as double), 0) as family_share,
        lowest_correlation,
        highest_correlation,
        not (lowest_correlation <= -0.1 and highest_correlation >= 0.1)
        and worst_rank <= 2 * best_rank + 1 as is_stable
    from totals
)

select * from final
