-- Every curve of every classifier as points of one long table: pick a curve and an outcome, and
-- draw y by x with its interval.
with int_churn__judged as (
    select * from {{ ref('int_churn__judged') }}
),

int_churn__tallied as (
    select * from {{ ref('int_churn__tallied') }}
),

hundredths as (
    select {{ numbers_up_to(100) }} as hundredth
),

-- Equal probabilities share a decile, so one may be large and the next one missing.
deciles as (
    select
        j.classifier,
        j.split,
        j.has_churned,
        -- Decimals, since a sum of floats depends on the order in which threads add them up.
        cast(j.churn_probability as decimal(18, 12)) as churn_probability,
        {{ floor_divide(
            '10 * (t.customer_count - t.reached_count + t.tied_count) + t.customer_count - 1',
            't.customer_count'
        ) }} as decile,
        j.cut_off_date
    from int_churn__judged as j
    inner join int_churn__tallied as t
        on
            j.classifier = t.classifier
            and j.split = t.split
            and j.churn_probability = t.churn_probability
    where t.outcome = 'churn'
),

calibrated as (
    select
        classifier,
        split,
        decile,
        count(*) as customer_count,
        count(case when has_churned then 1 end) as positive_count,
        cast(sum(churn_probability) as double) / count(*) as mean_probability,
        cut_off_date
    from deciles
    group by classifier, split, decile, cut_off_date
),

-- For each hundredth of the customers, the surest first: the step of equal probabilities in which
-- so many are reached.
edges as (
    select
        t.classifier,
        t.split,
        t.outcome,
        t.tied_count,
        t.tied_positive_count,
        t.reached_count,
        t.reached_positive_count,
        t.customer_count,
        t.positive_count,
        t.cut_off_date,
        p.hundredth,
        p.hundredth * t.customer_count / cast(100 as double) as contacted_count
    from int_churn__tallied as t
    inner join hundredths as p
        on
            {{ floor_divide('p.hundredth * t.customer_count + 99', 100) }} <= t.reached_count
            and {{ floor_divide('p.hundredth * t.customer_count + 99', 100) }}
            > t.reached_count - t.tied_count
),

-- Of the customers tied at the edge as many count as still fit, each with the share of positives
-- among the tied.
contacted as (
    select
        *,
        reached_positive_count - tied_positive_count
        + cast(tied_positive_count as double) / tied_count
        * (contacted_count - reached_count + tied_count) as hit_count,
        cast(positive_count as double) / customer_count as base_rate
    from edges
    where (hundredth in (1, 5) or hundredth % 10 = 0) and positive_count > 0
),

reached as (
    select
        classifier,
        split,
        hundredth,
        reached_positive_count as true_positive_count,
        reached_count - reached_positive_count as false_positive_count,
        positive_count,
        customer_count - positive_count as negative_count,
        cut_off_date
    from edges
    where outcome = 'churn'
    union all
    select distinct
        classifier,
        split,
        0 as hundredth,
        0 as true_positive_count,
        0 as false_positive_count,
        positive_count,
        customer_count - positive_count as negative_count,
        cut_off_date
    from int_churn__tallied
    where outcome = 'churn'
),

-- Thresholds are sorted in among the probabilities, each after those equal to it, so that a running
-- count up to a threshold is what it predicts.
thresholds as (
    select
        classifier,
        split,
        cast(null as bigint) as hundredth,
        churn_probability as probability,
        tied_count,
        tied_positive_count,
        customer_count,
        positive_count,
        cut_off_date
    from int_churn__tallied
    where outcome = 'churn'
    union all
    select distinct
        t.classifier,
        t.split,
        p.hundredth,
        cast(p.hundredth as double) / 100 as probability,
        0 as tied_count,
        0 as tied_positive_count,
        t.customer_count,
        t.positive_count,
        t.cut_off_date
    from int_churn__tallied as t
    cross join hundredths as p
    where t.outcome = 'churn'
),

predicted as (
    select
        *,
        cast(sum(tied_count) over (
            partition by classifier, split
            order by probability desc, coalesce(hundredth, -1)
            rows between unbounded preceding and current row
        ) as bigint) as predicted_count,
        cast(sum(tied_positive_count) over (
            partition by classifier, split
            order by probability desc, coalesce(hundredth, -1)
            rows between unbounded preceding and current row
        ) as bigint) as true_positive_count
    from thresholds
),

points as (
    select
        classifier,
        split,
        'calibration' as curve,
        'churn' as outcome,
        decile as point_number,
        customer_count,
        cast(null as bigint) as true_positive_count,
        cast(null as bigint) as false_positive_count,
        cast(null as bigint) as false_negative_count,
        cast(null as bigint) as true_negative_count,
        mean_probability as x,
        cast(positive_count as double) / customer_count as y,
        {{ wilson_bound('positive_count', 'customer_count', '-') }} as low,
        {{ wilson_bound('positive_count', 'customer_count', '+') }} as high,
        cut_off_date
    from calibrated
    union all
    select
        classifier,
        split,
        'lift' as curve,
        outcome,
        hundredth as point_number,
        ceil(contacted_count) as customer_count,
        null as true_positive_count,
        null as false_positive_count,
        null as false_negative_count,
        null as true_negative_count,
        cast(hundredth as double) / 100 as x,
        hit_count / contacted_count / base_rate as y,
        ({{ wilson_bound('hit_count', 'contacted_count', '-') }}) / base_rate as low,
        ({{ wilson_bound('hit_count', 'contacted_count', '+') }}) / base_rate as high,
        cut_off_date
    from contacted
    where hundredth > 0
    union all
    select
        classifier,
        split,
        'gain' as curve,
        outcome,
        hundredth as point_number,
        ceil(contacted_count) as customer_count,
        null as true_positive_count,
        null as false_positive_count,
        null as false_negative_count,
        null as true_negative_count,
        cast(hundredth as double) / 100 as x,
        hit_count / positive_count as y,
        {{ wilson_bound('hit_count', 'positive_count', '-') }} as low,
        {{ wilson_bound('hit_count', 'positive_count', '+') }} as high,
        cut_off_date
    from contacted
    where hundredth > 0
    union all
    select
        classifier,
        split,
        'roc' as curve,
        'churn' as outcome,
        hundredth as point_number,
        positive_count + negative_count as customer_count,
        null as true_positive_count,
        null as false_positive_count,
        null as false_negative_count,
        null as true_negative_count,
        cast(false_positive_count as double) / negative_count as x,
        cast(true_positive_count as double) / positive_count as y,
        {{ wilson_bound('true_positive_count', 'positive_count', '-') }} as low,
        {{ wilson_bound('true_positive_count', 'positive_count', '+') }} as high,
        cut_off_date
    from reached
    where positive_count > 0 and negative_count > 0
    union all
    select
        classifier,
        split,
        'confusion' as curve,
        'churn' as outcome,
        hundredth as point_number,
        customer_count,
        true_positive_count,
        predicted_count - true_positive_count as false_positive_count,
        positive_count - true_positive_count as false_negative_count,
        customer_count - predicted_count - positive_count + true_positive_count
            as true_negative_count,
        probability as x,
        2 * cast(true_positive_count as double) / nullif(predicted_count + positive_count, 0) as y,
        null as low,
        null as high,
        cut_off_date
    from predicted
    where hundredth is not null
),

final as (
    select
        cast(classifier as string) as classifier,
        cast(split as string) as split,
        curve,
        outcome,
        cast(point_number as bigint) as point_number,
        cast(customer_count as bigint) as customer_count,
        cast(true_positive_count as bigint) as true_positive_count,
        cast(false_positive_count as bigint) as false_positive_count,
        cast(false_negative_count as bigint) as false_negative_count,
        cast(true_negative_count as bigint) as true_negative_count,
        cast(x as double) as x,
        cast(y as double) as y,
        cast(low as double) as low,
        cast(high as double) as high,
        cast(cut_off_date as date) as cut_off_date
    from points
)

select * from final
