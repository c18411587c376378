-- Who moved from which tier to which in a month, who stayed, who is new, and who left because
-- nothing they bought was left.
with int_tiers__ranked as (
    select
        *,
        {{ period_number('month', "'month'") }} as month_number
    from {{ ref('int_tiers__ranked') }}
),

-- Nobody asks what people were before the first month.
months as (
    select
        month_number,
        min(month) as month,
        min(case when is_served then 1 else 0 end) = 1 as is_served,
        min(case when is_month_complete then 1 else 0 end) = 1 as is_month_complete
    from int_tiers__ranked
    group by month_number
),

followed as (
    select
        m.month_number,
        m.month,
        m.is_served,
        m.is_month_complete,
        b.is_served as was_served
    from months as m
    inner join months as b
        on m.month_number = b.month_number + 1
),

-- Each person at the end of a month, and at the end of the month before: who is new has no tier
-- then, who has no net order left has none now.
present as (
    select
        f.month_number,
        r.person_id,
        r.value_tier,
        r.net_sales_365d
    from followed as f
    inner join int_tiers__ranked as r
        on f.month_number = r.month_number
),

earlier as (
    select
        f.month_number,
        r.person_id,
        r.value_tier,
        r.net_sales_365d
    from followed as f
    inner join int_tiers__ranked as r
        on f.month_number = r.month_number + 1
),

moved as (
    select
        coalesce(p.month_number, e.month_number) as month_number,
        coalesce(e.value_tier, 'none') as from_tier,
        coalesce(p.value_tier, 'none') as to_tier,
        coalesce(p.net_sales_365d, 0) as net_sales_365d,
        coalesce(e.net_sales_365d, 0) as net_sales_365d_before
    from present as p
    full outer join earlier as e
        on p.month_number = e.month_number and p.person_id = e.person_id
),

counted as (
    select
        month_number,
        from_tier,
        to_tier,
        count(*) as people_count,
        sum(net_sales_365d) as net_sales_365d,
        sum(net_sales_365d_before) as net_sales_365d_before
    from moved
    group by month_number, from_tier, to_tier
),

final as (
    select
        c.from_tier,
        c.to_tier,
        c.people_count,
        cast(c.net_sales_365d as decimal(38, 4)) as net_sales_365d,
        cast(c.net_sales_365d_before as decimal(38, 4)) as net_sales_365d_before,
        f.is_served,
        f.was_served,
        f.is_month_complete,
        f.month
    from counted as c
    inner join followed as f
        on c.month_number = f.month_number
)

select * from final
