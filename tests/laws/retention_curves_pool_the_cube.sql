-- What a curve pools is what the mature cells of the cube hold, and revenue retention holds the net
-- sales of everybody who is in a cohort.
-- If it breaks: retention_curves takes other cells than the mature ones of retention_cube, or
-- revenue_retention leaves a person out.
with cells as (
    select
        cut_id,
        slice_value,
        sum(eligible_count) as eligible_count,
        sum(retained_count) as retained_count
    from {{ ref('retention_cube') }}
    where eligible_count = cohort_size
    group by cut_id, slice_value
),

curves as (
    select
        cut_id,
        slice_value,
        sum(eligible_count) as eligible_count,
        sum(retained_count) as retained_count
    from {{ ref('retention_curves') }}
    group by cut_id, slice_value
),

revenue as (
    select sum(net_sales) as net_sales from {{ ref('revenue_retention') }}
),

sold as (
    select sum(o.net_sales) as net_sales
    from {{ ref('orders') }} as o
    cross join {{ ref('clock') }} as c
    where
        o.person_id is not null
        and o.is_net_at_clock
        and date_trunc('month', {{ local_day('o.ordered_at') }}) < date_trunc('month', c.open_day)
)

select
    coalesce(a.cut_id, b.cut_id) as subject,
    cast(a.retained_count as double) as expected,
    cast(b.retained_count as double) as found
from cells as a
full outer join curves as b
    on a.cut_id = b.cut_id and a.slice_value = b.slice_value
where
    a.eligible_count is distinct from b.eligible_count
    or a.retained_count is distinct from b.retained_count
union all
select
    'revenue_retention' as subject,
    cast(s.net_sales as double) as expected,
    cast(r.net_sales as double) as found
from sold as s
cross join revenue as r
where s.net_sales is distinct from r.net_sales
