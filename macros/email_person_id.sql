{#- The person whom an e-mail address stands for while no account with it is known. The landed keyed
    hash reaches no mart: this is a digest of it, the same in every build and on every engine. -#}
{% macro email_person_id(source_name, email_hash) -%}
    concat('e:', {{ source_name }}, ':', md5(concat_ws('|', 'person', {{ source_name }}, {{ email_hash }})))
{%- endmacro %}
