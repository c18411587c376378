-- Every landed row of every table but events, with what became of it. A row is accepted where a
-- mart counts it; the same content again is a repeated copy, other content under its key is
-- superseded by the row that counts, and what hangs on an order that does not is orphaned. A
-- rejected row that a later batch brings as it should be is superseded too: nothing is lost of it.
-- One that a later batch brings rejected again is superseded by that: it is lost once.
{%- set tables = canonical_columns() %}
{%- set nothing = 'cast(null as string)' %}
{%- set of_orders = ['orders', 'order_lines', 'order_charges'] %}
with landed as (
    {% for table_name, table in tables.items() if table_name != 'events' %}
    select
        source_name,
        '{{ table_name }}' as table_name,
        concat_ws('|', {{ table.key | join(', ') }}) as row_key,
        {{ table.key | join(' is not null and ') }} is not null as has_key,
        {{ 'order_id' if table_name in of_orders else nothing }} as order_id,
        {{ 'currency' if 'currency' in table.columns else nothing }} as currency,
        row_hash,
        reason_code,
        raw_values,
        {{ 'is_test' if table_name == 'orders' else 'false' }} as is_test,
        {{ 'is_by_position' if table_name == 'order_lines' else 'false' }} as is_by_position,
        batch_id,
        landed_row,
        {% if table.amount -%}
        {{ amount_at_stake('cast(' ~ table.amount ~ ' as decimal(38, 4))', table.raw_amount) }}
            as amount,
        {%- else -%}
        cast(null as decimal(38, 4)) as amount,
        {%- endif %}
        {{ table.instant or 'cast(null as timestamp)' }} as dated_at,
        {{ 'updated_at' if 'updated_at' in table.columns else 'cast(null as timestamp)' }}
            as updated_at
    from ({{ union_sources(table_name) }})
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

int_orders__versions as (
    select * from {{ ref('int_orders__versions') }}
    where is_current
),

int_orders__identified as (
    select * from {{ ref('int_orders__identified') }}
),

int_rows__noted as (
    select * from {{ ref('int_rows__noted') }}
),

-- The ledger's own models say which lines and charges count. One landed row may hold several.
counted_lines as (
    {%- for table_name in ['order_lines', 'order_charges'] %}
    select
        source_name,
        '{{ table_name }}' as table_name,
        concat_ws('|', {{ tables[table_name].key | join(', ') }}) as row_key,
        order_id,
        batch_id,
        landed_row
    from {{ ref('int_' ~ table_name ~ '__current') }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- The batch that holds an order's current lines: where it replaced them all, a replaced line may
-- have no successor with its key.
latest_lines as (
    select
        source_name,
        table_name,
        order_id,
        max(batch_id) as batch_id
    from counted_lines
    group by source_name, table_name, order_id
),

-- Nearly every key comes once: rows of the others alone are put in order.
repeated_keys as (
    select
        source_name,
        table_name,
        row_key
    from landed
    group by source_name, table_name, row_key
    having count(*) > 1
),

counted as (
    select
        l.*,
        c.batch_id is not null or l.table_name not in ('order_lines', 'order_charges')
            as may_count,
        k.row_key is not null as is_repeated
    from landed as l
    left join counted_lines as c
        on
            l.source_name = c.source_name
            and l.table_name = c.table_name
            and l.row_key = c.row_key
            and l.batch_id = c.batch_id
            and l.landed_row = c.landed_row
    left join repeated_keys as k
        on
            l.source_name = k.source_name
            and l.table_name = k.table_name
            and l.row_key = k.row_key
),

-- Of a line or charge the row that the ledger takes counts; in all other tables the version with
-- the latest change, else the row that landed last; of the exposures of a unit to an arm the first
-- one. Rejected rows of a key come behind the others: what counts in their place is the same row.
placed as (
    select
        *,
        first_value(case when may_count and reason_code is null then batch_id end) over both_keys
            as good_batch_id,
        first_value(case when may_count and reason_code is null then landed_row end) over both_keys
            as good_row,
        first_value(case when may_count and reason_code is null then updated_at end) over both_keys
            as good_updated_at,
        first_value(case when may_count and reason_code is null then row_hash end) over both_keys
            as good_hash,
        -- Of rows with equal content the first counts, and the others are repeated copies.
        row_number() over (
            partition by source_name, table_name, row_key, reason_code is null, row_hash
            order by batch_id, landed_row
        ) as copy_number
    from counted
    where is_repeated
    window
        both_keys as (
            partition by source_name, table_name, row_key
            order by
                case when reason_code is null then 0 else 1 end,
                case when may_count then 0 else 1 end,
                case when table_name = 'exposures' then dated_at end,
                updated_at desc nulls last,
                batch_id desc,
                landed_row desc
        )
),

ranked as (
    select
        *,
        coalesce(row_hash = good_hash, false) as is_current_content
    from placed
    union all
    select
        *,
        -- No other row of the key is there to count in its place.
        cast(null as bigint) as good_batch_id,
        cast(null as bigint) as good_row,
        cast(null as timestamp) as good_updated_at,
        row_hash as good_hash,
        1 as copy_number,
        may_count as is_current_content
    from counted
    where not is_repeated
),

orders as (
    select
        v.source_name,
        v.order_id,
        v.currency,
        i.person_id
    from int_orders__versions as v
    inner join int_orders__identified as i
        on v.source_name = i.source_name and v.order_id = i.order_id
),

rejected_orders as (
    select
        source_name,
        order_id,
        max(case when {{ matches('currency', '^[A-Z]{3}$') }} then currency end) as currency
    from landed
    where table_name = 'orders' and reason_code is not null and order_id is not null
    group by source_name, order_id
),

-- A line whose order is unknown has the currency of its source, where that has only one.
only_currencies as (
    select
        source_name,
        min(currency) as currency
    from orders
    group by source_name
    having min(currency) = max(currency)
),

-- A row that never came as it should be is lost where it came last.
last_rejected as (
    select
        source_name,
        table_name,
        row_key,
        batch_id,
        landed_row
    from landed
    where reason_code is not null and has_key
    qualify row_number() over (
        partition by source_name, table_name, row_key
        order by batch_id desc, landed_row desc
    ) = 1
),

judged as (
    select
        r.*,
        case
            when r.reason_code is not null and r.good_batch_id > r.batch_id then 'superseded'
            -- Lines without numbers are replaced as a whole: a later batch with lines of the order
            -- supersedes these.
            when r.reason_code is not null and r.is_by_position and l.batch_id > r.batch_id
                then 'superseded'
            when r.reason_code is not null and b.batch_id > r.batch_id then 'superseded'
            when r.reason_code is not null then 'rejected'
            when r.copy_number > 1 then 'repeated_copy'
            when not r.is_current_content then 'superseded'
            when r.order_id is not null and o.order_id is null then 'orphaned'
            else 'accepted'
        end as disposition,
        coalesce(
            r.currency,
            case
                when r.table_name in ('order_lines', 'order_charges')
                    then coalesce(o.currency, j.currency, c.currency)
            end
        ) as money_currency,
        case
            when r.reason_code is null then coalesce(r.good_batch_id, l.batch_id)
            when r.good_batch_id > r.batch_id then r.good_batch_id
            when r.is_by_position and l.batch_id > r.batch_id then l.batch_id
            else b.batch_id
        end as superseded_by_batch_id,
        case
            when r.reason_code is null or r.good_batch_id > r.batch_id then r.good_row
            when r.is_by_position and l.batch_id > r.batch_id then null
            else b.landed_row
        end as superseded_by_row,
        b.batch_id = r.batch_id and b.landed_row = r.landed_row as is_last_rejected,
        j.order_id is not null as is_of_rejected_order,
        o.person_id is null and not r.is_test as is_without_person
    from ranked as r
    left join orders as o
        on r.source_name = o.source_name and r.order_id = o.order_id
    left join rejected_orders as j
        on r.source_name = j.source_name and r.order_id = j.order_id
    left join only_currencies as c
        on r.source_name = c.source_name
    left join latest_lines as l
        on
            r.source_name = l.source_name
            and r.table_name = l.table_name
            and r.order_id = l.order_id
    left join last_rejected as b
        on
            r.source_name = b.source_name
            and r.table_name = b.table_name
            and r.row_key = b.row_key
),

-- What an order is worth: its lines, before refunds.
order_amounts as (
    select
        source_name,
        order_id,
        sum(amount) as amount
    from judged
    where table_name = 'order_lines' and disposition in ('accepted', 'orphaned')
    group by source_name, order_id
),

-- An order that has none of its lines is no sale and in no cohort. Of one of which a line was
-- rejected what is left counts. Where another row of the line counts, nothing is lacking.
lacking_lines as (
    select distinct
        source_name,
        order_id
    from judged
    where
        table_name = 'order_lines'
        and disposition = 'rejected'
        and good_batch_id is null
        and order_id is not null
),

told as (
    select
        j.*,
        case
            when j.reason_code is not null then j.reason_code
            when
                j.disposition = 'superseded'
                and j.batch_id = j.good_batch_id
                and (j.good_updated_at is null or j.updated_at = j.good_updated_at)
                then 'same_key_in_batch'
            when j.disposition = 'superseded' then 'later_version'
            when j.disposition = 'orphaned' and j.is_of_rejected_order then 'rejected_order'
            when j.disposition = 'orphaned' then 'unknown_order'
            when j.disposition = 'accepted' and j.table_name = 'orders' and m.order_id is null
                then 'order_without_lines'
            when
                j.disposition = 'accepted' and j.table_name = 'orders' and j.is_without_person
                then 'without_person'
            when
                j.disposition = 'accepted' and j.table_name = 'orders' and k.order_id is not null
                then 'order_lacks_lines'
            when j.disposition = 'accepted' then n.reason_code
        end as told_reason_code,
        -- Money counts once: not of a rejected row where another one of its key counts, and of an
        -- order not in each version.
        case
            when j.disposition = 'rejected' and j.good_batch_id is not null then null
            when j.table_name <> 'orders' then j.amount
            when
                j.disposition = 'accepted'
                or (j.disposition = 'rejected' and j.is_last_rejected)
                then m.amount
        end as told_amount
    from judged as j
    left join order_amounts as m
        on
            j.table_name = 'orders'
            and j.source_name = m.source_name
            and j.order_id = m.order_id
    left join lacking_lines as k
        on j.source_name = k.source_name and j.order_id = k.order_id
    left join int_rows__noted as n
        on
            j.source_name = n.source_name
            and j.table_name = n.table_name
            and j.row_key = n.row_key
),

final as (
    select
        source_name,
        table_name,
        row_key,
        disposition,
        told_reason_code as reason_code,
        case when reason_code is not null then raw_values end as raw_values,
        -- Text that is no currency code may be anything, even an address, so no mart shows it.
        case
            when told_amount is not null and {{ matches('money_currency', '^[A-Z]{3}$') }}
                then money_currency
        end as currency,
        case when disposition = 'rejected' then {{ offending_value() }} end as example,
        batch_id,
        landed_row,
        case when disposition = 'superseded' then superseded_by_batch_id end
            as superseded_by_batch_id,
        case when disposition = 'superseded' then superseded_by_row end as superseded_by_row,
        told_amount as amount,
        dated_at
    from told
)

select * from final
