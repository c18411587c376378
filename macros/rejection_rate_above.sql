{#- Sources and tables of which a larger share than the named setting was rejected. -#}
{% macro rejection_rate_above(name) -%}
    select
        source_name,
        table_name,
        sum(case when disposition = 'rejected' then row_count else 0 end) as rejected_count,
        sum(row_count) as landed_count
    from {{ ref('data_quality') }}
    -- An invoice that a later file holds too was not refused, it counts from there. Of a table that
    -- lands under another name only the lines are here that landing rejected; landing judges those.
    where
        reason_code <> 'invoice_in_later_file'
        and table_name in ('{{ canonical_columns().keys() | join("', '") }}')
    group by source_name, table_name
    having sum(case when disposition = 'rejected' then row_count else 0 end) > {{ setting(name) }} * sum(row_count)
{%- endmacro %}
