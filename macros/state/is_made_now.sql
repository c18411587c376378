{#- SQL that says whether this run of dbt makes a model, or makes none and tests what stands. A night
    that applies what was fitted leaves fits out: where late rows came and the clock has not moved,
    their rows say its day and know less. -#}
{% macro is_made_now(model) -%}
    {%- set is_made = ('model.stayhouse.' ~ model) in selected_resources -%}
    {{ return('true' if is_made or not writes_tables() else 'false') }}
{%- endmacro %}
