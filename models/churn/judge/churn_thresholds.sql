-- Whom each rule would have chosen at the test cut-off, which no choice has seen, and what came of
-- it: so that a shop sees what a list costs and finds before it writes to anybody.
with int_churn__judged as (
    select * from {{ ref('int_churn__judged') }}
    where split = 'test'
),

churn_evaluation as (
    select * from {{ ref('churn_evaluation') }}
    where split = 'test'
),

customer_snapshots as (
    select * from {{ ref('customer_snapshots') }}
    where split = 'test'
),

judged as (
    select
        classifier,
        person_id,
        churn_probability,
        has_churned,
        {{ is_within_capacity() }} as is_within_capacity
    from int_churn__judged
),

known as (
    select
        e.classifier,
        e.horizon_days,
        e.threshold as best_f1_threshold,
        j.churn_probability,
        s.net_sales,
        e.is_champion,
        j.has_churned,
        j.is_within_capacity,
        e.cut_off_date
    from judged as j
    inner join churn_evaluation as e
        on j.classifier = e.classifier
    inner join customer_snapshots as s
        on j.person_id = s.person_id
),

-- A capacity that is not set chooses nobody, and is no rule.
ruled as (
    select
        *,
        'best_f1' as rule_name,
        best_f1_threshold as threshold,
        churn_probability >= best_f1_threshold as is_selected
    from known
    union all
    select
        *,
        'capacity' as rule_name,
        null as threshold,
        is_within_capacity as is_selected
    from known
    where is_within_capacity is not null
    union all
    select
        *,
        'probability' as rule_name,
        cast({{ setting('risk_band_high') }} as double) as threshold,
        churn_probability >= {{ setting('risk_band_high') }} as is_selected
    from known
),

tallied as (
    select
        classifier,
        rule_name,
        horizon_days,
        count(*) as customer_count,
        count(case when is_selected then 1 end) as selected_count,
        count(case when has_churned then 1 end) as churned_count,
        count(case when is_selected and has_churned then 1 end) as hit_count,
        coalesce(max(threshold), min(case when is_selected then churn_probability end))
            as threshold,
        sum(case when is_selected then net_sales else 0 end) as net_sales,
        sum(net_sales) as all_net_sales,
        is_champion,
        cut_off_date
    from ruled
    group by classifier, rule_name, horizon_days, is_champion, cut_off_date
),

final as (
    select
        classifier,
        rule_name,
        horizon_days,
        customer_count,
        selected_count,
        cast(threshold as double) as threshold,
        cast(selected_count as double) / customer_count as selected_share,
        cast(hit_count as double) / nullif(selected_count, 0) as precision,
        cast(hit_count as double) / nullif(churned_count, 0) as recall,
        cast(net_sales as decimal(38, 4)) as net_sales,
        case
            when all_net_sales > 0 then cast(net_sales as double) / cast(all_net_sales as double)
        end as net_sales_share,
        is_champion,
        cut_off_date
    from tallied
)

select * from final
