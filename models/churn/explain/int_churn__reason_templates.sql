-- The sentences of the YAML of customer_snapshots, in the order in which they are tried: those of a
-- feature, then those of its family. write_reasons checks them.
-- depends_on: {{ ref('customer_snapshots') }}
with final as (
    {%- for family, feature, sentence in reason_sentences() %}
    select
        cast({{ text_literal(family) }} as string) as family,
        cast({{ text_literal(feature) }} as string) as feature,
        cast({{ text_literal(sentence.direction) }} as string) as direction,
        cast({{ text_literal(sentence.when) }} as string) as when_value,
        cast({{ text_literal(sentence.en) }} as string) as template_en,
        cast({{ text_literal(sentence.zh) }} as string) as template_zh,
        cast({{ setting('base_currency') }} as string) as base_currency,
        cast({{ loop.index }} as bigint) as template_number
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
)

select * from final
