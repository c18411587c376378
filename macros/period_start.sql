{#- The first day of the calendar period of that number: the inverse of period_number. -#}
{% macro period_start(number, grain) -%}
    case {{ grain }}
        when 'day' then {{ add_days("date '1970-01-01'", number, 'date') }}
        when 'week' then {{ add_days("date '1969-12-29'", '7 * (' ~ number ~ ')', 'date') }}
        when 'month' then {{ first_of_month(number) }}
    end
{%- endmacro %}
