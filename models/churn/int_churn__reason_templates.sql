-- The sentences of the seed, checked: an analyst edits it, and a row that could not be meant stops
-- the build with one sentence.
with churn_reason_templates as (
    select * from {{ ref('churn_reason_templates') }}
),

int_churn__features as (
    select * from {{ ref('int_churn__features') }}
),

families as (
    select distinct family from int_churn__features
),

-- Every brace that opens must open a placeholder of a feature.
named as (
    select
        t.template_number,
        sum(
            length(t.template_en)
            - length(
                replace(
                    replace(
                        t.template_en, concat('{', f.feature, '}'), concat(f.feature, '}')
                    ),
                    concat('{', f.feature, '?'), concat(f.feature, '?')
                )
            )
        ) as placeholders_en,
        sum(
            length(t.template_zh)
            - length(
                replace(
                    replace(
                        t.template_zh, concat('{', f.feature, '}'), concat(f.feature, '}')
                    ),
                    concat('{', f.feature, '?'), concat(f.feature, '?')
                )
            )
        ) as placeholders_zh
    from churn_reason_templates as t
    cross join int_churn__features as f
    group by t.template_number
),

judged as (
    select
        t.*,
        case
            when t.template_number is null
                then 'template_number must be a whole number'
            when count(*) over (partition by t.template_number) > 1
                then 'another row has its number'
            when a.family is null
                then 'family must be one that models/features/customer_snapshots.yml gives a column'
            when t.feature is not null and f.feature is null
                then 'feature must be a column of that family, or empty'
            when t.direction is not null and t.direction not in ('raises', 'lowers')
                then 'direction must be raises, lowers or empty'
            when t.when_value <> 'unknown' and try_cast(t.when_value as double) is null
                then 'when_value must be a number, unknown, or empty'
            when t.when_value <> 'unknown' and t.feature is null
                then 'a number in when_value needs a feature whose value it is'
            {%- for language in ['en', 'zh'] %}
            when t.template_{{ language }} is null or trim(t.template_{{ language }}) = ''
                then 'template_{{ language }} is missing'
            when
                n.placeholders_{{ language }}
                <> length(t.template_{{ language }})
                - length(replace(t.template_{{ language }}, '{', ''))
                then 'template_{{ language }} has a placeholder that is no feature'
            {%- endfor %}
        end as problem,
        t.feature is null
        and t.direction is null
        and t.when_value is null
        and position('{' in concat(t.template_en, t.template_zh)) = 0 as is_last_resort
    from churn_reason_templates as t
    left join named as n
        on t.template_number = n.template_number
    left join families as a
        on t.family = a.family
    left join int_churn__features as f
        on t.family = f.family and t.feature = f.feature
),

-- Each family needs a sentence that works without a value, for customers whose values are unknown.
speechless as (
    select min(f.family) as family
    from families as f
    left join judged as j
        on f.family = j.family and j.is_last_resort
    where j.template_number is null
),

final as (
    select
        case
            when j.problem is not null
                then {{ stop_with(
                    "concat('seeds/churn_reason_templates.csv: the sentence ', coalesce(cast("
                    "j.template_number as string), 'without a number'), ' cannot be used: ', "
                    "j.problem, '. Correct the row, or take it out.')"
                ) }}
            when s.family is not null
                then {{ stop_with(
                    "concat('seeds/churn_reason_templates.csv: the family ', s.family, ' has no "
                    "sentence for values that are unknown: add a row of it with neither feature, "
                    "direction, value nor placeholder.')"
                ) }}
            else j.template_number
        end as template_number,
        j.family,
        j.feature,
        j.direction,
        j.when_value,
        j.template_en,
        j.template_zh
    from judged as j
    cross join speechless as s
)

select * from final
