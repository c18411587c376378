{#- The number of the calendar period that holds a date; consecutive periods have consecutive
    numbers. Weeks start on Monday: 1970-01-01 was a Thursday. `grain` is a column. -#}
{% macro period_number(date, grain) -%}
    case {{ grain }}
        when 'day' then {{ days_between("date '1970-01-01'", date) }}
        when 'week' then {{ floor_divide(days_between("date '1969-12-29'", date), 7) }}
        when 'month' then year({{ date }}) * 12 + month({{ date }}) - 1
    end
{%- endmacro %}
