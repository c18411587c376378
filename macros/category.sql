{#- The category of a product: the first level of its path at which products differ. Where every
    path of a source begins with the same word, that word tells nobody apart, and the next one is
    the category, if there is one. `among`: the columns that say which products are compared. -#}
{% macro category(category_path, among) -%}
    {%- set root = "split_part(" ~ category_path ~ ", '/', 1)" -%}
    {%- set branch = "split_part(" ~ category_path ~ ", '/', 2)" -%}
    case
        when
            min({{ root }}) over (partition by {{ among }})
            = max({{ root }}) over (partition by {{ among }})
            and {{ branch }} <> ''
            then {{ branch }}
        else {{ root }}
    end
{%- endmacro %}
