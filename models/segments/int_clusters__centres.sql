-- The clusters that were chosen, as rows; none where there are none.
{%- set columns = {'cluster_name': 'varchar'} %}
{%- for measure in cluster_measures() %}
{%- for number in ('mean', 'deviation', 'centre') %}
{%- do columns.update({measure ~ '_' ~ number: 'double'}) %}
{%- endfor %}
{%- endfor %}
with ml_customer_clusters as (
    select * from {{ ref('ml_customer_clusters') }}
    where is_chosen
),

stored as (
    select cast(centres as string) as centres from ml_customer_clusters
),

final as (
    select {{ rows_in_json('centres', columns) }}
    from stored
)

select * from final
