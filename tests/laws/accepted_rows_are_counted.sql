-- Accepted means counted: by source, table, reason and currency, the rows that data_quality accepts
-- and their money are those of the marts. Of orders also who can be nobody's; of charges without
-- their signs. What is tax in a price that includes it is no sale: of that another law tells.
-- If it breaks: a row is accepted in int_rows__checked that the mart leaves out, or the other way
-- round: which of two rows of one key counts, or a line whose order does not.
with accepted as (
    select
        source_name,
        table_name,
        case when reason_code = 'without_person' then reason_code else 'accepted' end
            as reason_code,
        currency,
        row_count,
        amount
    from {{ ref('data_quality') }}
    where disposition = 'accepted'
),

counted as (
    select
        source_name,
        table_name,
        reason_code,
        case when table_name <> 'orders' then currency end as currency,
        sum(row_count) as row_count,
        sum(case when table_name <> 'orders' then amount end) as amount
    from accepted
    where
        table_name in (
            'orders', 'order_lines', 'order_charges', 'refunds', 'customers', 'products',
            'reviews', 'contacts', 'channel_costs', 'content', 'campaigns', 'experiments',
            'exposures'
        )
    group by
        source_name,
        table_name,
        reason_code,
        case when table_name <> 'orders' then currency end
    union all
    select
        source_name,
        'money of orders' as table_name,
        reason_code,
        currency,
        0 as row_count,
        sum(amount) as amount
    from accepted
    where table_name = 'orders' and amount is not null
    group by source_name, reason_code, currency
),

orders as (
    select
        source_name,
        order_id,
        -- Of an order without lines that alone is told: it is no sale of nobody's either.
        case
            when person_id is null and not is_test and line_count > 0 then 'without_person'
            else 'accepted'
        end as reason_code
    from {{ ref('orders') }}
),

marts as (
    select
        source_name,
        case
            when kind = 'item' then 'order_lines'
            when kind = 'refund' then 'refunds'
            else 'order_charges'
        end as table_name,
        'accepted' as reason_code,
        currency,
        1 as row_count,
        abs(native_amount) as amount
    from {{ ref('money_lines') }}
    where kind in ('item', 'refund', 'tax', 'shipping', 'gift_card')
    union all
    select
        m.source_name,
        'money of orders' as table_name,
        o.reason_code,
        m.currency,
        0 as row_count,
        m.native_amount as amount
    from {{ ref('money_lines') }} as m
    inner join orders as o
        on m.source_name = o.source_name and m.order_id = o.order_id
    where m.kind = 'item'
    union all
    select
        source_name,
        'orders' as table_name,
        reason_code,
        cast(null as string) as currency,
        1 as row_count,
        cast(null as decimal(38, 4)) as amount
    from orders
    union all
    {%- set nothing = 'cast(null as decimal(38, 4))' %}
    {%- for table_name, currency, amount in [
        ('customers', 'cast(null as string)', nothing),
        ('products', 'cast(null as string)', nothing),
        ('reviews', 'cast(null as string)', nothing),
        ('contacts', 'cast(null as string)', 'cost'),
        ('channel_costs', 'currency', 'native_cost'),
        ('content', 'cast(null as string)', nothing),
        ('campaigns', 'cast(null as string)', nothing),
        ('experiments', 'cast(null as string)', nothing),
        ('exposures', 'cast(null as string)', nothing),
    ] %}
    select
        source_name,
        '{{ table_name }}' as table_name,
        'accepted' as reason_code,
        {{ currency }} as currency,
        1 as row_count,
        {{ amount }} as amount
    from {{ ref(table_name) }}
    {{ 'where has_profile' if table_name == 'customers' }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

in_marts as (
    select
        source_name,
        table_name,
        reason_code,
        currency,
        sum(row_count) as row_count,
        sum(amount) as amount
    from marts
    group by source_name, table_name, reason_code, currency
)

select
    coalesce(c.source_name, m.source_name) as source_name,
    coalesce(c.table_name, m.table_name) as table_name,
    coalesce(c.reason_code, m.reason_code) as reason_code,
    coalesce(c.currency, m.currency) as currency,
    c.row_count as accepted_count,
    m.row_count as counted_count,
    c.amount as accepted_amount,
    m.amount as counted_amount
from counted as c
full outer join in_marts as m
    on
        c.source_name = m.source_name
        and c.table_name = m.table_name
        and c.reason_code = m.reason_code
        and c.currency is not distinct from m.currency
where
    c.row_count is distinct from m.row_count
    or (
        c.amount is distinct from m.amount
        and not (
            {{ prices_include_tax('coalesce(c.source_name, m.source_name)') }}
            and coalesce(c.table_name, m.table_name)
            in ('order_lines', 'refunds', 'money of orders')
        )
    )
