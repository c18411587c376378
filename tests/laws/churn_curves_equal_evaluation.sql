-- Curves and measures are of the same customers: deciles and each threshold's four counts sum to
-- all who were judged, a lift is the evaluation's, all contacted find all, and the area under the
-- points of the ROC curve is the evaluation's: between two points a curve that rises cannot leave
-- their rectangle, so the trapezoids miss by half of the rectangles at most.
-- If it breaks: look at int_churn__tallied and models/churn/judge/churn_curves.sql for customers
-- counted twice or left out.
with churn_evaluation as (
    select * from {{ ref('churn_evaluation') }}
),

churn_curves as (
    select * from {{ ref('churn_curves') }}
),

steps as (
    select
        classifier,
        split,
        x - lag(x) over (partition by classifier, split order by point_number) as width,
        y - lag(y) over (partition by classifier, split order by point_number) as height,
        (y + lag(y) over (partition by classifier, split order by point_number)) / 2 as middle
    from churn_curves
    where curve = 'roc'
),

areas as (
    select
        classifier,
        split,
        sum(width * middle) as area,
        sum(width * height) / 2 as slack
    from steps
    group by classifier, split
),

counted as (
    select
        classifier,
        split,
        sum(case when curve = 'calibration' then customer_count end) as decile_sum,
        sum(case when curve = 'calibration' then customer_count * y end) as churned_sum,
        count(case when curve = 'confusion' then 1 end) as threshold_count,
        min(case when curve = 'roc' then x + y end) as roc_start,
        max(case when curve = 'roc' then x + y end) as roc_end,
        min(case when curve = 'gain' and point_number = 100 then y end) as found_by_all,
        max(case when curve = 'lift' and outcome = 'churn' and point_number = 5 then y end)
            as lift_5_churn,
        max(case when curve = 'lift' and outcome = 'churn' and point_number = 10 then y end)
            as lift_10_churn,
        max(case when curve = 'lift' and outcome = 'churn' and point_number = 20 then y end)
            as lift_20_churn,
        max(case when curve = 'lift' and outcome = 'buy' and point_number = 5 then y end)
            as lift_5_buy,
        max(case when curve = 'lift' and outcome = 'buy' and point_number = 10 then y end)
            as lift_10_buy,
        max(case when curve = 'lift' and outcome = 'buy' and point_number = 20 then y end)
            as lift_20_buy
    from churn_curves
    group by classifier, split
)

select
    coalesce(e.classifier, c.classifier) as classifier,
    coalesce(e.split, c.split) as split,
    'measures' as what
from churn_evaluation as e
full outer join counted as c
    on e.classifier = c.classifier and e.split = c.split
left join areas as a
    on e.classifier = a.classifier and e.split = a.split
where
    e.classifier is null
    or c.classifier is null
    or c.decile_sum <> e.customer_count
    or abs(c.churned_sum / e.customer_count - e.prevalence) > 1e-9
    or c.threshold_count <> 101
    or c.roc_start <> 0
    or c.roc_end <> 2
    or abs(a.area - e.roc_auc) > a.slack + 1e-9
    or abs(c.found_by_all - 1) > 1e-9
    or abs(c.lift_5_churn - e.lift_5_churn) > 1e-9
    or abs(c.lift_10_churn - e.lift_10_churn) > 1e-9
    or abs(c.lift_20_churn - e.lift_20_churn) > 1e-9
    or abs(c.lift_5_buy - e.lift_5_buy) > 1e-9
    or abs(c.lift_10_buy - e.lift_10_buy) > 1e-9
    or abs(c.lift_20_buy - e.lift_20_buy) > 1e-9
    or (c.lift_10_churn is null and e.lift_10_churn is not null)
    or (a.area is null and e.roc_auc is not null)
union all
select
    c.classifier,
    c.split,
    'confusion' as what
from churn_curves as c
inner join churn_evaluation as e
    on c.classifier = e.classifier and c.split = e.split
where
    c.curve = 'confusion'
    and (
        c.true_positive_count + c.false_positive_count
        + c.false_negative_count + c.true_negative_count <> e.customer_count
        or least(
            c.true_positive_count, c.false_positive_count, c.false_negative_count,
            c.true_negative_count
        ) < 0
        or (c.point_number = 0 and c.false_negative_count + c.true_negative_count > 0)
        or abs(
            cast(c.true_positive_count + c.false_negative_count as double) / e.customer_count
            - e.prevalence
        ) > 1e-9
    )
