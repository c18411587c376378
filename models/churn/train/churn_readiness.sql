-- Whether the shop's history carries a churn model at all. Where it does not, nothing is trained,
-- scored or judged, and this says why.
{%- set step = setting('churn_cutoff_step_days') | int %}
with churn_cutoffs as (
    select * from {{ ref('churn_cutoffs') }}
),

customer_snapshots as (
    select * from {{ ref('customer_snapshots') }}
),

churn_labels as (
    select * from {{ ref('churn_labels') }}
    where split in ('train', 'validation', 'test') and not is_censored
),

churn_horizon as (
    select * from {{ ref('churn_horizon') }}
),

buyers as (
    select count(*) as buyer_count
    from customer_snapshots
    where split = 'test'
),

trained as (
    select count(*) as train_cutoff_count
    from churn_cutoffs
    where split = 'train'
),

-- Where everybody left, or nobody did, there is nothing to learn and nothing to judge by.
outcomes as (
    select
        split,
        count(distinct has_churned) as outcome_count
    from churn_labels
    group by split
),

one_sided as (
    select min(split) as split
    from outcomes
    where outcome_count < 2
),

measured as (
    select
        o.split as one_sided_split,
        h.as_of_date,
        h.horizon_days,
        b.buyer_count,
        cast({{ setting('churn_min_buyers') }} as bigint) as required_buyer_count,
        h.history_days,
        -- Test and today's windows, the whole steps from validation back to the latest cut-off that
        -- may be trained on, and the warm-up before that.
        2 * h.horizon_days
        + {{ floor_divide('h.horizon_days + ' ~ (step - 1), step) }} * {{ step }}
        + {{ setting('churn_warm_up_days') }} as required_history_days,
        t.train_cutoff_count
    from churn_horizon as h
    cross join buyers as b
    cross join trained as t
    cross join one_sided as o
),

reasoned as (
    select
        *,
        case
            when history_days < required_history_days then 'short_history'
            when buyer_count < required_buyer_count then 'few_buyers'
            when train_cutoff_count = 0 then 'no_train_cutoff'
            when one_sided_split is not null then concat('one_sided_', one_sided_split)
        end as reason_code
    from measured
),

final as (
    select
        case
            when reason_code = 'short_history'
                then concat(
                    'The history of orders is ', history_days, ' days, shorter than the ',
                    required_history_days, ' that a horizon of ', horizon_days, ' days needs.'
                )
            when reason_code = 'few_buyers'
                then concat(
                    'Only ', buyer_count, ' customers had bought by the test cut-off; ',
                    required_buyer_count, ' are needed.'
                )
            when reason_code = 'no_train_cutoff'
                then 'No training cut-off has its outcome before the validation cut-off.'
            when reason_code is not null
                then concat(
                    'All customers of the ', one_sided_split, ' cut-offs met the same end: nobody '
                    'of them ordered again in time, or everybody did.'
                )
        end as reason,
        cast(reason_code as string) as reason_code,
        horizon_days,
        buyer_count,
        required_buyer_count,
        history_days,
        required_history_days,
        reason_code is null as is_ready,
        as_of_date
    from reasoned
)

select * from final
