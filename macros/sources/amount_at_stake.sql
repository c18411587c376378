{#- The money of a landed row: as it was read, and of a rejected row else what a person would read,
    since what cannot be kept exactly is often why it was rejected. From 1e12 on it is a mistake, such
    as a barcode, and no amount. `columns`: lists of fields of the raw row that make it, multiplied. -#}
{% macro amount_at_stake(amount, columns) -%}
    {%- set guesses = [amount] -%}
    {%- for factors in columns -%}
        {%- set guess = [] -%}
        {%- for column in factors -%}
            {%- do guess.append('cast(' ~ lenient_decimal(text_in_json('raw_values', '$.' ~ column)) ~ ' as decimal(38, 4))') -%}
        {%- endfor -%}
        {%- do guesses.append(guess | join(' * ')) -%}
    {%- endfor -%}
    case
        when reason_code is null then {{ amount }}
        else cast(try_cast(coalesce({{ guesses | join(', ') }}) as decimal(16, 4)) as decimal(38, 4))
    end
{%- endmacro %}
