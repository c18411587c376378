-- Customers counted from the surest downwards, once as churners and once as buyers. Equal
-- probabilities are one step, since nothing orders customers who are tied.
with int_churn__judged as (
    select * from {{ ref('int_churn__judged') }}
),

steps as (
    select
        classifier,
        split,
        cut_off_date,
        churn_probability,
        count(*) as tied_count,
        count(case when has_churned then 1 end) as churned_count
    from int_churn__judged
    group by classifier, split, cut_off_date, churn_probability
),

sided as (
    select
        classifier,
        split,
        'churn' as outcome,
        churn_probability,
        churn_probability as score,
        tied_count,
        churned_count as tied_positive_count,
        cut_off_date
    from steps
    union all
    select
        classifier,
        split,
        'buy' as outcome,
        churn_probability,
        -churn_probability as score,
        tied_count,
        tied_count - churned_count as tied_positive_count,
        cut_off_date
    from steps
),

final as (
    select
        classifier,
        split,
        outcome,
        churn_probability,
        tied_count,
        tied_positive_count,
        cast(sum(tied_count) over (
            partition by classifier, split, outcome
            order by score desc
            rows between unbounded preceding and current row
        ) as bigint) as reached_count,
        cast(sum(tied_positive_count) over (
            partition by classifier, split, outcome
            order by score desc
            rows between unbounded preceding and current row
        ) as bigint) as reached_positive_count,
        cast(sum(tied_count) over (partition by classifier, split, outcome) as bigint)
            as customer_count,
        cast(sum(tied_positive_count) over (partition by classifier, split, outcome) as bigint)
            as positive_count,
        cut_off_date
    from sided
)

select * from final
