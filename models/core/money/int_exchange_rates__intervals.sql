-- A rate of the base currency holds until the next known one; the earliest also stands for the days
-- before it.
with exchange_rates as (
    select * from {{ ref('exchange_rates') }}
),

of_the_base as (
    select *
    from exchange_rates
    where base_currency = {{ setting('base_currency') }}
),

final as (
    select
        currency,
        cast(rate as decimal(18, 8)) as rate,
        rate_date,
        case
            when row_number() over (partition by currency order by rate_date) > 1 then rate_date
            else date '0001-01-01'
        end as valid_from,
        coalesce(
            lead(rate_date) over (partition by currency order by rate_date), date '9999-12-31'
        ) as valid_to
    from of_the_base
)

select * from final
