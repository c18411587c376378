-- The clusters that were chosen, as rows: a centre is as many standard deviations from the mean of
-- all. None where there are none.
{%- set numbers = {} %}
{%- for measure in cluster_measures() %}{% do numbers.update({measure: 'double'}) %}{% endfor %}
with ml_customer_clusters as (
    select * from {{ ref('ml_customer_clusters') }}
    where is_chosen
),

stored as (
    select cast(centres as string) as centres from ml_customer_clusters
),

means as (
    select {{ rows_in_json(text_in_json('centres', '$.means'), numbers) }}
    from stored
),

deviations as (
    select {{ rows_in_json(text_in_json('centres', '$.deviations'), numbers) }}
    from stored
),

clusters as (
    select
        {{ rows_in_json(
            text_in_json('centres', '$.clusters'), dict({'cluster_name': 'varchar'}, **numbers)
        ) }}
    from stored
),

final as (
    select
        c.cluster_name,
        {%- for measure in cluster_measures() %}
        m.{{ measure }} as {{ measure }}_mean,
        d.{{ measure }} as {{ measure }}_deviation,
        c.{{ measure }} as {{ measure }}_centre{{ ',' if not loop.last }}
        {%- endfor %}
    from clusters as c
    cross join means as m
    cross join deviations as d
)

select * from final
