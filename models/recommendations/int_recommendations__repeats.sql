-- When each person may want a product again that they bought and kept, at each cut-off. A gap lies
-- between the days of two orders of one person with the product; where the person has fewer than
-- two gaps, the median of all people's stands in. What the catalogue calls replenishable is due
-- between half of its gap and twice of it, and not wanted before. Places go to what is due, then by
-- orders, of equals by how many people bought it of late: of other products a gap says nothing
-- beyond that. Where the catalogue does not say what is replenishable, what a fifth of its buyers
-- bought twice is.
{%- set least_buyers = 20 %}
{%- set least_share = 0.2 %}
{%- set gap = 'case when gap_days > 0 then gap_days end' %}

with purchases as (
    select * from {{ ref('int_recommendations__purchases') }}
),

cutoffs as (
    select * from {{ ref('int_recommendations__cutoffs') }}
),

popularity as (
    select * from {{ ref('int_recommendations__popularity') }}
),

items as (
    select * from {{ ref('int_recommendations__items') }}
),

interactions as (
    select * from {{ ref('int_recommendations__interactions') }}
    where order_count > 0
),

kept as (
    select
        c.cutoff,
        p.person_number,
        p.item_number,
        {{ days_between(
            'lag(' ~ local_day('p.ordered_at') ~ ') over same_pair', local_day('p.ordered_at')
        ) }} as gap_days,
        {{ days_between(local_day('p.ordered_at'), local_day('c.cutoff_at')) }} as age_days
    from purchases as p
    inner join cutoffs as c
        on
            p.ordered_at < c.cutoff_at
            and (p.cancelled_at is null or p.cancelled_at >= c.cutoff_at)
            and (p.returned_at is null or p.returned_at >= c.cutoff_at)
    window same_pair as (
        partition by c.cutoff, p.person_number, p.item_number
        order by p.ordered_at, p.basket_number
    )
),

-- Two orders of one day are no gap. The median of an even number of gaps is the mean of the two in
-- the middle.
products as (
    select
        cutoff,
        item_number,
        cast(
            {{ nth_of(quantiles(gap, [0.5]), 1) }}
            - {{ nth_of(quantiles('-(' ~ gap ~ ')', [0.5]), 1) }}
            as double
        ) / 2 as median_gap_days
    from kept
    where gap_days > 0
    group by cutoff, item_number
),

pairs as (
    select
        cutoff,
        person_number,
        item_number,
        count(*) as order_count,
        count(case when gap_days > 0 then 1 end) as gap_count,
        cast(
            {{ nth_of(quantiles(gap, [0.5]), 1) }}
            - {{ nth_of(quantiles('-(' ~ gap ~ ')', [0.5]), 1) }}
            as double
        ) / 2 as own_gap_days,
        min(age_days) as days_since_last
    from kept
    group by cutoff, person_number, item_number
),

refills as (
    select
        cutoff,
        item_number,
        count(*) >= {{ least_buyers }}
        and count(case when order_count >= 2 then 1 end) >= {{ least_share }} * count(*)
            as is_bought_again
    from pairs
    group by cutoff, item_number
),

timed as (
    select
        p.cutoff,
        p.person_number,
        p.item_number,
        p.order_count,
        p.days_since_last,
        case when p.gap_count >= 2 then p.own_gap_days else m.median_gap_days end as gap_days,
        p.gap_count >= 2 as is_own_gap
    from pairs as p
    left join products as m
        on p.cutoff = m.cutoff and p.item_number = m.item_number
),

judged as (
    select
        t.*,
        n.is_disliked_since,
        coalesce(i.is_replenishable, false) as is_refill,
        coalesce(i.is_replenishable, r.is_bought_again) as is_replenishable
    from timed as t
    inner join items as i
        on t.item_number = i.item_number
    inner join refills as r
        on t.cutoff = r.cutoff and t.item_number = r.item_number
    inner join interactions as n
        on
            t.cutoff = n.cutoff
            and t.person_number = n.person_number
            and t.item_number = n.item_number
),

due as (
    select
        *,
        coalesce(is_refill and 2 * days_since_last < gap_days, false) as is_too_soon,
        coalesce(
            is_refill
            and 2 * days_since_last >= gap_days
            and days_since_last < 2 * gap_days,
            false
        ) as is_due
    from judged
),

final as (
    select
        d.cutoff,
        d.person_number,
        d.item_number,
        d.order_count,
        d.days_since_last,
        d.gap_days,
        case when d.is_due then 1000 else 0 end
        + d.order_count
        + cast(p.recent_people_count as double) / (p.recent_people_count + 100) as score,
        d.is_own_gap,
        d.is_replenishable,
        d.is_disliked_since,
        d.is_due,
        d.is_too_soon,
        (d.order_count >= 2 or d.is_replenishable)
        and not d.is_disliked_since
        and not d.is_too_soon as is_wanted
    from due as d
    inner join popularity as p
        on d.cutoff = p.cutoff and d.item_number = p.item_number
)

select * from final
