-- The three families that speak most for churn, by person, each with the feature that carries most
-- of it.
with ml_churn_contributions as (
    select * from {{ ref('ml_churn_contributions') }}
),

int_churn__features as (
    select * from {{ ref('int_churn__features') }}
),

-- Decimals, since a sum of floats depends on the order in which threads add them up.
contributions as (
    select
        cast(c.person_id as string) as person_id,
        cast(c.classifier as string) as classifier,
        f.family,
        f.feature,
        c.feature_value,
        cast(c.contribution as decimal(28, 15)) as contribution
    from ml_churn_contributions as c
    inner join int_churn__features as f
        on cast(c.feature as string) = f.feature
),

families as (
    select
        person_id,
        family,
        sum(contribution) as contribution
    from contributions
    group by person_id, family
),

top_families as (
    select
        person_id,
        family,
        contribution,
        case when contribution > 0 then 'raises' else 'lowers' end as direction,
        row_number() over (
            partition by person_id
            order by contribution desc, family asc
        ) as reason_rank
    from families
    qualify reason_rank <= 3
),

-- Of the features that pull the same way as their family: the one that pulls most.
final as (
    select
        t.person_id,
        c.classifier,
        t.family,
        c.feature,
        t.direction,
        t.reason_rank,
        cast(t.contribution as double) as contribution,
        c.feature_value
    from top_families as t
    inner join contributions as c
        on t.person_id = c.person_id and t.family = c.family
    qualify
        row_number() over (
            partition by t.person_id, t.family
            order by
                case
                    when t.direction = 'raises' then c.contribution
                    else -c.contribution
                end desc,
                c.feature asc
        ) = 1
)

select * from final
