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
        coalesce(r.rate_date <> cast(m.effective_at as date), false) as is_rate_carried
    from int_money_lines__native as m
    left join int_exchange_rates__intervals as r
        on
            m.currency = r.currency
            and m.currency <> {{ setting('base_currency') }}
            and cast(m.effective_at as date) >= r.valid_from
            and cast(m.effective_at as date) < r.valid_to
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
