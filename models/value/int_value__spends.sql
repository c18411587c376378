-- Buyers with the same number of order days whose mean value is the same to a thousandth of the
-- shop's are counted together: the Gamma-Gamma model is fitted on groups, not on people.
with int_value__people as (
    select * from {{ ref('int_value__people') }}
    where is_fitted
),

cut_offs as (
    select distinct
        cut_off_number,
        cut_off_at
    from {{ ref('int_value__cutoffs') }}
),

shops as (
    select
        cut_off_number,
        cast(sum(net_sales) as double) / sum(repeat_count + 1) / 1000 as unit
    from int_value__people
    group by cut_off_number
),

binned as (
    select
        p.*,
        case
            when p.repeat_count > 0 and s.unit > 0
                then round(cast(p.repeat_net_sales as double) / p.repeat_count / s.unit)
            else 0
        end as value_bin
    from int_value__people as p
    inner join shops as s
        on p.cut_off_number = s.cut_off_number
),

counted as (
    select
        cut_off_number,
        repeat_count,
        cast(value_bin as bigint) as value_bin,
        count(*) as customer_count,
        sum(net_sales) as net_sales,
        sum(repeat_net_sales) as repeat_net_sales
    from binned
    group by cut_off_number, repeat_count, cast(value_bin as bigint)
),

final as (
    select
        b.repeat_count,
        b.value_bin,
        b.customer_count,
        cast(b.net_sales as double) as net_sales,
        cast(b.repeat_net_sales as double) as repeat_net_sales,
        c.cut_off_at
    from counted as b
    inner join cut_offs as c
        on b.cut_off_number = c.cut_off_number
)

select * from final
