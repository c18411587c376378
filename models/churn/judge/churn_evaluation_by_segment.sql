-- Does a classifier serve everybody alike? Measures and error rates on the test cut-off by segment.
-- Segments too small to be shown are counted together, with the next larger one where they alone
-- would be given away by subtraction: every kind adds up to all.
with int_churn__judged as (
    select * from {{ ref('int_churn__judged') }}
    where split = 'test'
),

int_churn__segments as (
    select * from {{ ref('int_churn__segments') }}
),

ml_churn_evaluation as (
    select * from {{ ref('ml_churn_evaluation') }}
    where split = 'test'
),

churn_champion as (
    select * from {{ ref('churn_champion') }}
),

sizes as (
    select
        segment_kind,
        segment,
        count(*) as segment_size
    from int_churn__segments
    group by segment_kind, segment
),

ordered as (
    select
        *,
        coalesce(
            sum(segment_size) over (
                partition by segment_kind
                order by segment_size, segment
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) as smaller_count
    from sizes
),

shown as (
    select
        segment_kind,
        segment,
        case
            when
                segment_kind <> 'all'
                and (
                    segment_size < {{ setting('retention_min_cell_size') }}
                    or smaller_count between 1 and {{ setting('retention_min_cell_size') }} - 1
                )
                then 'withheld'
            else segment
        end as shown_segment
    from ordered
),

judged as (
    select
        j.classifier,
        s.segment_kind,
        w.shown_segment as segment,
        e.threshold,
        e.horizon_days,
        j.churn_probability,
        j.has_churned,
        j.churn_probability >= e.threshold as is_predicted,
        j.cut_off_date
    from int_churn__judged as j
    inner join int_churn__segments as s
        on j.person_id = s.person_id
    inner join shown as w
        on s.segment_kind = w.segment_kind and s.segment = w.segment
    inner join ml_churn_evaluation as e
        on j.classifier = e.classifier
),

-- The area under the ROC curve is the share of pairs of a churner and a buyer in which the churner
-- has the higher probability; those who are tied share the ranks that they stand on.
ranked as (
    select
        *,
        rank() over (
            partition by classifier, segment_kind, segment
            order by churn_probability
        ) as lowest_rank,
        count(*) over (
            partition by classifier, segment_kind, segment, churn_probability
        ) as tied_count,
        -ln(greatest(
            case when has_churned then churn_probability else 1 - churn_probability end, 1e-15
        )) as loss
    from judged
),

counted as (
    select
        classifier,
        segment_kind,
        segment,
        threshold,
        horizon_days,
        cut_off_date,
        count(*) as customer_count,
        count(case when has_churned then 1 end) as churned_count,
        count(case when not has_churned then 1 end) as bought_count,
        count(case when is_predicted then 1 end) as predicted_count,
        count(case when is_predicted and has_churned then 1 end) as true_positive_count,
        count(case when is_predicted and not has_churned then 1 end) as false_positive_count,
        count(case when not is_predicted and has_churned then 1 end) as false_negative_count,
        cast(sum(case when has_churned then 2 * lowest_rank + tied_count - 1 end) as double) / 2
            as churned_rank_sum,
        -- Decimals, since a sum of floats depends on the order in which threads add them up.
        cast(sum(cast(churn_probability as decimal(18, 12))) as double) as probability_sum,
        cast(sum(cast(loss as decimal(18, 12))) as double) as loss_sum
    from ranked
    group by classifier, segment_kind, segment, threshold, horizon_days, cut_off_date
),

final as (
    select
        cast(c.classifier as string) as classifier,
        c.segment_kind,
        c.segment,
        cast(c.horizon_days as bigint) as horizon_days,
        c.customer_count,
        c.churned_count,
        c.predicted_count,
        c.true_positive_count,
        cast(c.churned_count as double) / c.customer_count as prevalence,
        {{ wilson_bound('c.churned_count', 'c.customer_count', '-') }} as prevalence_low,
        {{ wilson_bound('c.churned_count', 'c.customer_count', '+') }} as prevalence_high,
        c.probability_sum / c.customer_count as mean_probability,
        (c.probability_sum - c.churned_count) / c.customer_count as calibration_gap,
        (c.churned_rank_sum - c.churned_count * (c.churned_count + 1) / cast(2 as double))
        / nullif(c.churned_count * c.bought_count, 0) as roc_auc,
        c.loss_sum / c.customer_count as log_loss,
        cast(c.threshold as double) as threshold,
        cast(c.predicted_count as double) / c.customer_count as selection_rate,
        {{ wilson_bound('c.predicted_count', 'c.customer_count', '-') }} as selection_rate_low,
        {{ wilson_bound('c.predicted_count', 'c.customer_count', '+') }} as selection_rate_high,
        cast(c.false_positive_count as double) / nullif(c.bought_count, 0)
            as false_positive_rate,
        {{ wilson_bound('c.false_positive_count', 'c.bought_count', '-') }}
            as false_positive_rate_low,
        {{ wilson_bound('c.false_positive_count', 'c.bought_count', '+') }}
            as false_positive_rate_high,
        cast(c.false_negative_count as double) / nullif(c.churned_count, 0)
            as false_negative_rate,
        {{ wilson_bound('c.false_negative_count', 'c.churned_count', '-') }}
            as false_negative_rate_low,
        {{ wilson_bound('c.false_negative_count', 'c.churned_count', '+') }}
            as false_negative_rate_high,
        cast(c.true_positive_count as double) / nullif(c.predicted_count, 0) as precision,
        {{ wilson_bound('c.true_positive_count', 'c.predicted_count', '-') }} as precision_low,
        {{ wilson_bound('c.true_positive_count', 'c.predicted_count', '+') }} as precision_high,
        coalesce(k.is_champion, false) as is_champion,
        cast(c.cut_off_date as date) as cut_off_date
    from counted as c
    left join churn_champion as k
        on c.classifier = k.classifier
)

select * from final
