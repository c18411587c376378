-- When each person may want a product again, at each cut-off. A gap lies between two orders of one
-- person with the product; where the person has fewer than two, the product's own median stands in.
with purchases as (
    select * from {{ ref('int_recommendations__purchases') }}
),

cutoffs as (
    select * from {{ ref('int_recommendations__cutoffs') }}
),

orders as (
    select
        person_number,
        item_number,
        ordered_at,
        {{ days_between(
            'cast(lag(ordered_at) over same_pair as date)', 'cast(ordered_at as date)'
        ) }} as gap_days
    from purchases
    window same_pair as (partition by person_number, item_number order by ordered_at, basket_number)
),

known as (
    select
        c.cutoff,
        c.cutoff_at,
        o.person_number,
        o.item_number,
        o.gap_days,
        o.ordered_at
    from orders as o
    inner join cutoffs as c
        on o.ordered_at < c.cutoff_at
),

products as (
    select
        cutoff,
        item_number,
        {{ nth_of(quantiles('gap_days', [0.5]), 1) }} as median_gap_days
    from known
    where gap_days > 0
    group by cutoff, item_number
),

pairs as (
    select
        cutoff,
        cutoff_at,
        person_number,
        item_number,
        count(*) as order_count,
        count(case when gap_days > 0 then 1 end) as gap_count,
        {{ nth_of(quantiles('case when gap_days > 0 then gap_days end', [0.5]), 1) }}
            as own_gap_days,
        {{ days_between('cast(max(ordered_at) as date)', 'cast(cutoff_at as date)') }}
            as days_since_last
    from known
    group by cutoff, cutoff_at, person_number, item_number
),

final as (
    select
        p.cutoff,
        p.person_number,
        p.item_number,
        p.order_count,
        p.days_since_last,
        case when p.gap_count >= 2 then p.own_gap_days else m.median_gap_days end as gap_days,
        cast(p.order_count as double) as score,
        p.gap_count >= 2 as is_own_gap
    from pairs as p
    left join products as m
        on p.cutoff = m.cutoff and p.item_number = m.item_number
)

select * from final
