{#- The text of the value of a key in what `entries_in_json` gives, the first where it stands twice;
    null where it does not stand there. -#}
{% macro entry(entries, key) -%}
    {{ adapter.dispatch('entry', 'stayhouse')(entries, key) }}
{%- endmacro %}

{% macro value_of_entry(entry) -%}
    coalesce({% for type in ('string', 'int', 'float', 'double') %}{{ entry }}['value']['{{ type }}_value']{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}

{% macro duckdb__entry(entries, key) -%}
    list_transform(list_filter({{ entries }}, lambda e : e['key'] = '{{ key }}'), lambda e : {{ value_of_entry('e') }})[1]
{%- endmacro %}

{#- An index beyond the end is null there, as Spark runs (its ANSI mode is off). -#}
{% macro spark__entry(entries, key) -%}
    transform(filter({{ entries }}, e -> e['key'] = '{{ key }}'), e -> {{ value_of_entry('e') }})[0]
{%- endmacro %}
