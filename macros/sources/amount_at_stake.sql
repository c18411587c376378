{#- The money of a landed row: its amount, or for a rejected row without one what a person would
    read in its text, since an amount that cannot be kept exactly is often why it was rejected. From
    1e12 on it is taken for a mistake, such as a barcode, and is null. `columns`: lists of fields of
    the raw row whose product is the amount; the first list that can be read counts. -#}
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
