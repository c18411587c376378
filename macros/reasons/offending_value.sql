{#- What stood in the column that a reason of rejection speaks of, as it landed: of `invalid_price`
    the price, of `ordered_after_data_until` the instant. A reason that names no column of the row,
    or one that was empty, shows how the row begins. -#}
{% macro offending_value() -%}
    {%- set after = "split_part(reason_code, '_after_', 1)" -%}
    {%- set told = "replace(replace(reason_code, 'non_positive_', 'non-positive_'), '_out_of_range', '')" -%}
    {%- set column -%}
        case
            when {{ after }} <> reason_code then concat({{ after }}, '_at')
            when reason_code like '%_out_of_range' then {{ told }}
            else substring({{ told }}, instr({{ told }}, '_') + 1)
        end
    {%- endset -%}
    coalesce(
        {{ field_in_json('raw_values', column) }},
        {{ field_in_json('raw_values', "concat('unit_', " ~ column ~ ")") }},
        substring(raw_values, 1, 200)
    )
{%- endmacro %}
