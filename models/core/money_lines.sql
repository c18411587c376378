-- The ledger in the base currency. Each line is converted and rounded once, here, at the rate of
-- its own day; two currencies are never summed.
with int_money_lines__native as (
    select * from {{ ref('int_money_lines__native') }}
),

int_orders__identified as (
    select * from {{ ref('int_orders__identified') }}
),

exchange_rates as (
    select * from {{ ref('exchange_rates') }}
),

-- A rate holds until the next known one; the earliest also stands for the days before it.
rate_intervals as (
    select
        currency,
        rate_date,
        cast(rate as decimal(18, 8)) as rate,
        case
            when row_number() over (partition by currency order by rate_date) > 1 then rate_date
            else date '0001-01-01'
        end as valid_from,
        coalesce(
            lead(rate_date) over (partition by currency order by rate_date), date '9999-12-31'
        ) as valid_to
    from exchange_rates
),

rated as (
    select
        m.*,
        case
            when m.currency = {{ setting('base_currency') }} then cast(1 as decimal(18, 8))
            else r.rate
        end as rate,
        coalesce(r.rate_date <> cast(m.effective_at as date), false) as is_rate_carried
    from int_money_lines__native as m
    left join rate_intervals as r
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
            {{ person_id('r.source_name', 'r.refunded_customer_id', 'cast(null as varchar)') }}
        ) as person_id,
        r.kind,
        r.product_id,
        r.currency,
        r.quantity,
        r.native_amount,
        r.rate,
        cast(round(r.native_amount * r.rate, 4) as decimal(18, 4)) as amount,
        r.is_rate_carried,
        r.effective_at
    from rated as r
    left join int_orders__identified as o
        on r.source_name = o.source_name and r.order_id = o.order_id
)

select * from final
