-- What the features mean, as the columns of customer_snapshots say in their YAML, in the order in
-- which they stand there: of two that say the same the earlier one is read.
-- depends_on: {{ ref('customer_snapshots') }}
with final as (
    {%- for feature in snapshot_features() %}
    select
        {{ text_literal(feature.name) }} as feature,
        {{ text_literal(feature.family) }} as family,
        {{ text_literal(feature.unit) }} as unit,
        cast({{ text_literal(feature.direction) }} as string) as direction,
        cast({{ text_literal(feature.usual) }} as double) as usual_value,
        {{ 'true' if feature.outweighs else 'false' }} as outweighs,
        cast({{ loop.index }} as bigint) as feature_number
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
)

select * from final
