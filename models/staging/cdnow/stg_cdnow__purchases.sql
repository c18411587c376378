-- The one landed table: each row is an order, known by its customer, day and place in the day.
with landed as (
    select * from {{ landed('cdnow', 'purchases') }}
),

typed as (
    select
        {{ landed_facts('cdnow', 'purchases', is_written=true) }},
        {{ code_value('customer_id') }} as customer_id,
        {{ code_value('date') }} as day_text,
        {{ code_value('number_of_cds') }} as raw_quantity,
        {{ code_value('dollar_value') }} as raw_dollars,
        {{ whole_number('number_of_cds') }} as quantity,
        {{ exact_decimal('dollar_value') }} as dollars
    from landed
),

-- A day is written 19970101. Of the time of day nothing is known: noon is that day in every zone.
dated as (
    select
        *,
        case
            when length(day_text) = 8
                then {{ utc_instant(
                    "concat(substr(day_text, 1, 4), '-', substr(day_text, 5, 2), '-', "
                    ~ "substr(day_text, 7, 2), ' 12:00:00')"
                ) }}
        end as ordered_at,
        -- Two equal purchases of one day are both real: their place in the file tells them apart.
        row_number() over (
            partition by batch_id, customer_id, day_text
            order by landed_row
        ) as place
    from typed
),

final as (
    select
        row_hash,
        raw_values,
        batch_id,
        landed_row,
        data_until,
        landed_at,
        case
            when customer_id is not null and day_text is not null
                then concat_ws('-', customer_id, day_text, place)
        end as order_id,
        customer_id,
        raw_quantity,
        raw_dollars,
        quantity,
        dollars,
        ordered_at
    from dated
)

select * from final
