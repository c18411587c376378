-- Each session without a bot of a day that is over is counted where it belongs: of the sessions of
-- core that looked at a product, had a cart or began a checkout none is missing from its step, and
-- a step never has more people than came to it.
-- If it breaks: a device or a day is left out, or counted twice, in
-- models/behavior/funnel_daily.sql.
with sessions as (
    select s.*
    from {{ ref('sessions') }} as s
    inner join {{ ref('clock') }} as c
        on s.local_day < c.open_day
    where not s.is_bot
),

expected as (
    select
        'cart' as step,
        count(*) as entered_count,
        count(case when cart_add_count > 0 then 1 end) as reached_count
    from sessions
    where product_view_count > 0
    union all
    select
        'checkout' as step,
        count(*) as entered_count,
        count(case when checkout_start_count > 0 then 1 end) as reached_count
    from sessions
    where cart_add_count > 0
    union all
    select
        'purchase' as step,
        count(*) as entered_count,
        count(case when purchase_count > 0 then 1 end) as reached_count
    from sessions
    where checkout_start_count > 0
),

counted as (
    select
        step,
        cast(sum(entered_count) as bigint) as entered_count,
        cast(sum(reached_count) as bigint) as reached_count
    from {{ ref('funnel_daily') }}
    group by step
),

known as (
    select * from expected
    where entered_count > 0
),

changed as (
    {{ differences('known', 'counted', by=['step'], of=['entered_count', 'reached_count']) }}
)

select step from changed
union all
select step
from {{ ref('funnel_daily') }}
where reached_count > entered_count or ordered_count > reached_count or entered_count = 0
