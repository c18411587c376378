{#- How many whole rolling periods lie between two instants: a day is 86,400 s, a week 7 of them, a
    month 30. `grain` is a column; the second instant is not earlier than the first. -#}
{% macro rolling_index(from_instant, to_instant, grain) -%}
    {%- set elapsed = epoch_micros(to_instant) ~ ' - ' ~ epoch_micros(from_instant) -%}
    case {{ grain }}
        when 'day' then {{ floor_divide(elapsed, 86400000000) }}
        when 'week' then {{ floor_divide(elapsed, 7 * 86400000000) }}
        when 'month' then {{ floor_divide(elapsed, 30 * 86400000000) }}
    end
{%- endmacro %}
