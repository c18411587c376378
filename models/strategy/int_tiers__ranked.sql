-- The tier of each buyer at the clock and at each month end, by what was known then. Of equal
-- values the lower person_id comes first, so that a top fifth is never more than one; whoever
-- brought nothing is not high, and whoever cost more than they brought is low.
with value_history as (
    select * from {{ ref('value_history') }}
),

buyers as (
    select
        month,
        count(*) as buyer_count
    from value_history
    group by month
),

ranked as (
    select
        h.person_id,
        h.net_sales_365d,
        h.expected_net_sales_365d,
        h.is_served,
        h.is_month_complete,
        h.month,
        b.buyer_count,
        row_number() over (
            partition by h.month
            order by h.net_sales_365d desc, h.person_id asc
        ) as past_rank,
        row_number() over (
            partition by h.month
            order by h.expected_net_sales_365d desc nulls last, h.person_id asc
        ) as expected_rank
    from value_history as h
    inner join buyers as b
        on h.month = b.month
),

-- The top fifth of 11 people are 3 of them, as RFM scores have it.
judged as (
    select
        *,
        net_sales_365d > 0 and 5 * (past_rank - 1) < buyer_count as is_top_past,
        is_served
        and coalesce(expected_net_sales_365d > 0, false)
        and 5 * (expected_rank - 1) < buyer_count as is_top_expected
    from ranked
),

final as (
    select
        person_id,
        case
            when is_top_past then 'high'
            when is_top_expected and net_sales_365d >= 0 then 'potential_high'
            else 'low'
        end as value_tier,
        past_rank,
        expected_rank,
        buyer_count,
        net_sales_365d,
        expected_net_sales_365d,
        is_top_past,
        is_top_expected,
        is_served,
        is_month_complete,
        month
    from judged
)

select * from final
