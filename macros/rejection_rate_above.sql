{#- Reasons for which a source and table lost a larger share than the named setting, of its rows or
    of its money in one currency: rejected or orphaned, of all that landed. A share of money is
    judged only where at least `fewest` rows are lost and as many are accepted: one barcode in a
    quantity would be most of the money, and of a currency that is not accepted all is lost. -#}
{% macro rejection_rate_above(name, fewest=1) -%}
with account as (
    select
        *,
        coalesce(disposition in ('rejected', 'orphaned'), false) as is_lost,
        -- The price that an event tells is not what was paid.
        case when table_name <> 'events' then abs(amount) end as money
    from {{ ref('data_quality') }}
    -- An invoice that a later file holds too is not lost: it counts from that file. Tables that
    -- land under another name have only the lines that landing rejected here, and landing has
    -- judged those.
    where
        reason_code <> 'invoice_in_later_file'
        and table_name in ('{{ canonical_columns().keys() | join("', '") }}')
),

tables as (
    select
        source_name,
        table_name,
        sum(row_count) as landed_count
    from account
    group by source_name, table_name
    having sum(case when is_lost then row_count else 0 end) > {{ setting(name) }} * sum(row_count)
),

moneys as (
    select
        source_name,
        table_name,
        currency,
        sum(money) as landed_amount
    from account
    where money is not null
    group by source_name, table_name, currency
    having
        sum(case when is_lost then money else 0 end) > {{ setting(name) }} * sum(money)
        and sum(case when is_lost then row_count else 0 end) >= {{ fewest }}
        and sum(case when disposition = 'accepted' then row_count else 0 end) >= {{ fewest }}
)

select
    a.source_name,
    a.table_name,
    a.reason_code,
    a.currency,
    min(a.example) as example,
    sum(a.row_count) as lost_count,
    max(t.landed_count) as of_landed_count,
    sum(a.money) as lost_amount,
    max(m.landed_amount) as of_landed_amount
from account as a
left join tables as t
    on a.source_name = t.source_name and a.table_name = t.table_name
left join moneys as m
    on
        a.source_name = m.source_name
        and a.table_name = m.table_name
        and a.currency is not distinct from m.currency
        and a.money is not null
where a.is_lost and (t.table_name is not null or m.table_name is not null)
group by a.source_name, a.table_name, a.reason_code, a.currency
order by lost_count desc, a.source_name asc, a.table_name asc, a.reason_code asc, a.currency asc
{%- endmacro %}
