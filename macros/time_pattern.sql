{#- A day, or a day and a time, as ISO 8601 writes them, for `matches`; after the time may come what
    `offset` allows. Engines read more than this, each in its own way: an hour of 24, slashes, a
    year of two digits, words. -#}
{% macro time_pattern(offset='') -%}
    {{ return(
        '^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}'
        ~ '([ T]([01]?[0-9]|2[0-3]):[0-9]{1,2}(:[0-9]{1,2}([.][0-9]+)?)?' ~ offset ~ ')?$'
    ) }}
{%- endmacro %}
