-- The profile is of the training snapshots: as many of them, each quantile where it belongs, a gap
-- missing exactly for who bought on one day only, and each feature once a column of the snapshots.
-- If it breaks: a feature of customer_snapshots is not listed in
-- models/features/feature_profile.sql, or a split other than train is read there.
with trained as (
    select * from {{ ref('customer_snapshots') }}
    where split = 'train'
),

expected as (
    select
        'mean_gap_days' as feature,
        count(*) as row_count,
        avg(case when purchase_count = 1 then 1.0 else 0.0 end) as missing_share,
        min(mean_gap_days) as min_value,
        max(mean_gap_days) as max_value
    from trained
    union all
    select
        'net_sales' as feature,
        count(*) as row_count,
        case when count(*) > 0 then 0.0 end as missing_share,
        min(net_sales) as min_value,
        max(net_sales) as max_value
    from trained
),

placed as (
    select
        count(case when t.net_sales < p.filling then 1 end) as below_count,
        count(case when t.net_sales <= p.filling then 1 end) as up_to_count,
        count(*) as row_count
    from trained as t
    inner join {{ ref('feature_profile') }} as p
        on p.feature = 'net_sales'
)

select
    p.feature,
    'differs from the snapshots' as finding
from {{ ref('feature_profile') }} as p
inner join expected as e
    on p.feature = e.feature
where
    p.row_count <> e.row_count
    or abs(p.missing_share - e.missing_share) > 1e-9
    or abs(p.min_value - e.min_value) > 1e-9
    or abs(p.max_value - e.max_value) > 1e-9
union all
select
    'net_sales' as feature,
    'half of the values do not lie on either side of the median' as finding
from placed
where row_count > 0 and (2 * below_count >= row_count or 2 * up_to_count < row_count)
union all
select
    feature,
    'caps and quartiles are out of order' as finding
from {{ ref('feature_profile') }}
where
    not (
        min_value <= cap_low and cap_low <= lower_quartile and lower_quartile <= filling
        and filling <= upper_quartile and upper_quartile <= cap_high and cap_high <= max_value
    )
