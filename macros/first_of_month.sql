{#- The first day of the month that is so many whole months after January of year 0. -#}
{% macro first_of_month(month_number) -%}
    make_date(
        cast({{ floor_divide(month_number, 12) }} as integer),
        cast(({{ month_number }}) % 12 + 1 as integer),
        1
    )
{%- endmacro %}
