-- What each channel cost on each day, in the base currency: the latest version of each row, rated
-- as the ledger is.
with landed as (
    {{ union_sources('channel_costs') }}
),

int_exchange_rates__intervals as (
    select * from {{ ref('int_exchange_rates__intervals') }}
),

-- A platform corrects a day by sending it again.
current_versions as (
    select *
    from landed
    where reason_code is null
    qualify row_number() over (
        partition by source_name, channel, day
        order by batch_id desc, landed_row desc
    ) = 1
),

rated as (
    select
        c.source_name,
        c.channel,
        c.currency,
        c.cost,
        c.day,
        case
            when c.currency = {{ setting('base_currency') }} then cast(1 as decimal(18, 8))
            else r.rate
        end as rate,
        coalesce(r.rate_date <> c.day, false) as is_rate_carried
    from current_versions as c
    left join int_exchange_rates__intervals as r
        on
            c.currency = r.currency
            and c.currency <> {{ setting('base_currency') }}
            and c.day >= r.valid_from
            and c.day < r.valid_to
),

final as (
    select
        source_name,
        channel,
        currency,
        cost as native_cost,
        rate,
        {{ base_amount('cost', 'rate') }} as cost,
        is_rate_carried,
        day
    from rated
)

select * from final
