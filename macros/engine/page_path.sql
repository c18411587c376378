{#- The path of a page's address in lower case, without scheme, host, query, fragment and a slash at
    its end; '/' for a host alone. -#}
{% macro page_path(url) -%}
    coalesce(
        nullif(
            regexp_replace(
                regexp_replace(
                    split_part(split_part(lower({{ url }}), '?', 1), '#', 1), '^([a-z]+:)?//[^/]*', ''
                ),
                '/+$', ''
            ),
            ''
        ),
        '/'
    )
{%- endmacro %}
