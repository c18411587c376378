{#- Whether the way in which a visit came (campaign parameters, referrer, first page) matches a row
    of the seed `channel_rules`. An empty pattern matches everything. -#}
{% macro is_of_channel_rule(way, rule) -%}
    {%- for text, pattern in [
        ('utm_medium', 'utm_medium_pattern'),
        ('utm_source', 'utm_source_pattern'),
        ('referrer', 'referrer_pattern'),
        ('landing_page_url', 'landing_page_pattern'),
    ] -%}
        {{ matches_column(way ~ '.' ~ text, "coalesce(" ~ rule ~ '.' ~ pattern ~ ", '')") }}
        {{- ' and ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
