-- How good each way to recommend is: judged by what people bought in the 90 days after a past
-- cut-off, chosen by the earlier one (validation) and judged once by the later one (test).
with ml_recommendation_evaluation as (
    select * from {{ ref('ml_recommendation_evaluation') }}
),

final as (
    select
        cast(list as string) as list_kind,
        cast(model as string) as model_name,
        cast(split as string) as split,
        cast(people as string) as people,
        cast(reason_code as string) as reason_code,
        cast(people_count as bigint) as people_count,
        cast(factor_count as bigint) as factor_count,
        {%- for measure in ['recall', 'ndcg', 'map', 'hit', 'novelty'] %}
        cast({{ measure }} as double) as {{ measure }},
        cast({{ measure }}_low as double) as {{ measure }}_low,
        cast({{ measure }}_high as double) as {{ measure }}_high,
        {%- endfor %}
        cast(coverage as double) as coverage,
        cast(is_served as boolean) as is_served,
        cast(as_of_date as date) as as_of_date
    from ml_recommendation_evaluation
)

select * from final
