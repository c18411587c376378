-- When and how much each buyer had bought by each cut-off. Several orders of one day are one
-- purchase here, as they are in the published comparisons. Each history has a number, since
-- grouping its many days of visits by a number takes half the time.
-- Ratios are null where there is nothing to divide by.
with int_orders__as_known as (
    select * from {{ ref('int_orders__as_known') }}
    where person_id is not null and {{ is_churn_order('is_net_order') }}
),

churn_horizon as (
    select * from {{ ref('churn_horizon') }}
),

purchase_days as (
    select
        cut_off_at,
        person_id,
        max(source_name) as source_name,
        local_day as purchase_day,
        max(cut_off_day) as cut_off_day,
        min(ordered_at) as first_ordered_at,
        sum(net_sales) as net_sales,
        max(last_available_at) as last_available_at
    from int_orders__as_known
    group by cut_off_at, person_id, local_day
),

gaps as (
    select
        p.*,
        h.horizon_days,
        {{ days_between('p.purchase_day', 'p.cut_off_day') }} as age_days,
        {{ days_between(
            'lag(p.purchase_day) over ('
            ~ 'partition by p.cut_off_at, p.person_id order by p.purchase_day)',
            'p.purchase_day'
        ) }} as gap_days,
        lead(p.purchase_day) over (
            partition by p.cut_off_at, p.person_id
            order by p.purchase_day
        ) is null as is_last
    from purchase_days as p
    cross join churn_horizon as h
),

measured as (
    select
        cut_off_at,
        person_id,
        row_number() over (order by cut_off_at, person_id) as history_number,
        max(source_name) as source_name,
        max(cut_off_day) as cut_off_day,
        min(age_days) as recency_days,
        max(age_days) as tenure_days,
        count(*) as purchase_count,
        count(case when age_days <= 30 then 1 end) as purchase_count_30d,
        count(case when age_days <= 60 then 1 end) as purchase_count_60d,
        count(case when age_days <= 90 then 1 end) as purchase_count_90d,
        count(case when age_days <= 180 then 1 end) as purchase_count_180d,
        count(case when age_days <= 365 then 1 end) as purchase_count_365d,
        count(case when age_days > 365 - horizon_days and age_days <= 365 then 1 end)
            as purchase_count_last_year,
        sum(net_sales) as net_sales,
        sum(case when age_days <= 90 then net_sales else 0 end) as net_sales_90d,
        sum(case when age_days <= 365 then net_sales else 0 end) as net_sales_365d,
        max(gap_days) as max_gap_days,
        max(case when is_last then gap_days end) as last_gap_days,
        count(gap_days) as gap_count,
        sum(gap_days) as gap_sum,
        sum(gap_days * gap_days) as gap_square_sum,
        min(first_ordered_at) as first_ordered_at,
        max(last_available_at) as last_available_at
    from gaps
    group by cut_off_at, person_id
),

final as (
    select
        *,
        2 * purchase_count_90d - purchase_count_180d as purchase_count_90d_change,
        case
            when purchase_count > 1
                then cast(tenure_days - recency_days as double) / (purchase_count - 1)
        end as mean_gap_days,
        case
            when purchase_count > 1
                then
                    cast(recency_days as double) * (purchase_count - 1)
                    / (tenure_days - recency_days)
        end as recency_over_mean_gap,
        cast(recency_days as double) / max_gap_days as recency_over_max_gap,
        cast(recency_days as double) / last_gap_days as recency_over_last_gap,
        -- Standard deviation over mean, from whole sums: the same digits in any order of rows.
        case
            when gap_count > 1
                then sqrt(cast(gap_count * gap_square_sum - gap_sum * gap_sum as double)) / gap_sum
        end as gap_variation
    from measured
)

select * from final
