-- The ledger in the base currency. Each line is converted and rounded once, here, at the rate of
-- its own day; two currencies are never summed.
with int_money_lines__native as (
    select * from {{ ref('int_money_lines__native') }}
),

int_orders__identified as (
    select * from {{ ref('int_orders__identified') }}
),

int_exchange_rates__intervals as (
    select * from {{ ref('int_exchange_rates__intervals') }}
),

-- Lines of one currency and day share its rate, and days are far fewer than lines. They are counted
-- from the first to the last: taken from the lines, the engine would hold them for as many.
bounds as (
    select
        min(cast(effective_at as date)) as first_day,
        max(cast(effective_at as date)) as last_day
    from int_money_lines__native
),

steps as (
    select
        first_day,
        {{ numbers_up_to(days_between('first_day', 'last_day')) }} as step
    from bounds
),

days as (
    select {{ add_days('first_day', 'step', 'date') }} as day
    from steps
),

rated_days as (
    select
        d.day,
        r.currency,
        r.rate,
        r.rate_date <> d.day as is_rate_carried
    from days as d
    inner join int_exchange_rates__intervals as r
        on d.day >= r.valid_from and d.day < r.valid_to
),

rated as (
    select
        m.source_name,
        m.line_id,
        m.order_id,
        m.refunded_customer_id,
        m.kind,
        m.product_id,
        m.currency,
        m.quantity,
        m.native_amount,
        m.effective_at,
        case
            when m.currency = {{ setting('base_currency') }} then cast(1 as decimal(18, 8))
            else r.rate
        end as rate,
        coalesce(r.is_rate_carried, false) as is_rate_carried
    from int_money_lines__native as m
    left join rated_days as r
        on m.currency = r.currency and cast(m.effective_at as date) = r.day
),

final as (
    select
        r.source_name,
        r.line_id,
        r.order_id,
        coalesce(
            o.person_id,
            {{ person_id('r.source_name', 'r.refunded_customer_id', 'cast(null as string)') }}
        ) as person_id,
        r.kind,
        r.product_id,
        r.currency,
        r.quantity,
        r.native_amount,
        r.rate,
        {{ base_amount('r.native_amount', 'r.rate') }} as amount,
        r.is_rate_carried,
        r.effective_at
    from rated as r
    left join int_orders__identified as o
        on r.source_name = o.source_name and r.order_id = o.order_id
)

select * from final
