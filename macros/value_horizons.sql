{#- So many days ahead the room value looks; columns of its marts are named by them. -#}
{% macro value_horizons() -%}
    {{ return([30, 90, 365]) }}
{%- endmacro %}
