-- What was known of each buyer at each cut-off: the same SQL for training and for today. Several
-- orders of one day are one purchase here, as they are in the published comparisons.
with churn_cutoffs as (
    select * from {{ ref('churn_cutoffs') }}
),

int_orders__as_known as (
    select * from {{ ref('int_orders__as_known') }}
    where person_id is not null
),

int_visits__as_known as (
    select * from {{ ref('int_visits__as_known') }}
),

purchase_days as (
    select
        cut_off_at,
        person_id,
        max(source_name) as source_name,
        {{ local_day('ordered_at') }} as purchase_day,
        max(ordered_at) as ordered_at,
        sum(net_sales) as net_sales,
        sum(refund_count) as refund_count,
        max(last_available_at) as last_available_at
    from int_orders__as_known
    where {{ is_churn_order('is_net_order') }}
    group by cut_off_at, person_id, {{ local_day('ordered_at') }}
),

gaps as (
    select
        *,
        {{ days_between('purchase_day', local_day('cut_off_at')) }} as age_days,
        {{ days_between(
            'lag(purchase_day) over (partition by cut_off_at, person_id order by purchase_day)',
            'purchase_day'
        ) }} as gap_days,
        row_number() over (
            partition by cut_off_at, person_id
            order by purchase_day desc
        ) as recency_rank
    from purchase_days
),

bought as (
    select
        cut_off_at,
        person_id,
        max(source_name) as source_name,
        min(age_days) as recency_days,
        max(age_days) as tenure_days,
        count(*) as purchase_count,
        count(case when age_days <= 30 then 1 end) as purchase_count_30d,
        count(case when age_days <= 90 then 1 end) as purchase_count_90d,
        count(case when age_days <= 180 then 1 end) as purchase_count_180d,
        count(case when age_days <= 365 then 1 end) as purchase_count_365d,
        count(
            case
                when
                    age_days > 365 - {{ setting('churn_horizon_days') }} and age_days <= 365
                    then 1
            end
        ) as purchase_count_last_year,
        sum(net_sales) as net_sales,
        sum(case when age_days <= 90 then net_sales else 0 end) as net_sales_90d,
        sum(case when age_days <= 365 then net_sales else 0 end) as net_sales_365d,
        sum(refund_count) as refund_count,
        max(gap_days) as max_gap_days,
        max(case when recency_rank = 1 then gap_days end) as last_gap_days,
        max(last_available_at) as last_available_at
    from gaps
    group by cut_off_at, person_id
    having max(ordered_at) is not null
),

final as (
    select
        b.person_id,
        b.source_name,
        c.split,
        c.horizon_days,
        b.recency_days,
        b.tenure_days,
        b.purchase_count,
        b.purchase_count_30d,
        b.purchase_count_90d,
        b.purchase_count_180d,
        b.purchase_count_365d,
        b.purchase_count_last_year,
        cast(b.refund_count as bigint) as refund_count,
        b.max_gap_days,
        b.last_gap_days,
        coalesce(v.visit_days_7d, 0) as visit_days_7d,
        coalesce(v.visit_days_30d, 0) as visit_days_30d,
        coalesce(v.visit_days_90d, 0) as visit_days_90d,
        cast(coalesce(v.cart_adds_30d, 0) as bigint) as cart_adds_30d,
        cast(coalesce(v.cart_adds_90d, 0) as bigint) as cart_adds_90d,
        {{ days_between(local_day('v.last_visit_at'), local_day('c.cut_off_at')) }}
            as visit_recency_days,
        cast(b.net_sales as decimal(18, 4)) as net_sales,
        cast(b.net_sales_90d as decimal(18, 4)) as net_sales_90d,
        cast(b.net_sales_365d as decimal(18, 4)) as net_sales_365d,
        -- Null for a single purchase: there is no gap yet.
        case
            when b.purchase_count > 1
                then cast(b.tenure_days - b.recency_days as double) / (b.purchase_count - 1)
        end as mean_gap_days,
        case
            when b.purchase_count > 1
                then
                    cast(b.recency_days as double) * (b.purchase_count - 1)
                    / (b.tenure_days - b.recency_days)
        end as recency_over_mean_gap,
        c.cut_off_date,
        c.cut_off_at,
        greatest(b.last_available_at, coalesce(v.last_available_at, b.last_available_at))
            as max_available_at
    from bought as b
    inner join churn_cutoffs as c
        on b.cut_off_at = c.cut_off_at
    left join int_visits__as_known as v
        on b.cut_off_at = v.cut_off_at and b.person_id = v.person_id
)

select * from final
