-- The three families that move a score most against the mean of today's customers, what raises it
-- first, each told by a feature that agrees with it; a row without a family where none moves it.
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
        cast(c.contribution as decimal(28, 15)) as contribution,
        c.agrees,
        coalesce(
            f.outweighs
            and case
                when f.direction = 'raises' then c.feature_value > f.usual_value
                else c.feature_value < f.usual_value
            end,
            false
        ) as warns
    from ml_churn_contributions as c
    inner join int_churn__features as f
        on cast(c.feature as string) = f.feature
),

-- The net of a family: what one of its features says another may take back. But nobody who gave one
-- star is told that their reviews speak for them, because they wrote many.
families as (
    select
        person_id,
        classifier,
        family,
        sum(contribution) as contribution,
        bool_or(warns) as warns
    from contributions
    group by person_id, classifier, family
),

-- Of the features that pull the same way as their family, with a value that a reader expects of
-- it: the one that pulls most. A family that has none cannot be told.
told as (
    select
        f.person_id,
        f.family,
        c.feature,
        c.feature_value,
        f.contribution,
        case when f.contribution > 0 then 'raises' else 'lowers' end as direction
    from families as f
    inner join contributions as c
        on f.person_id = c.person_id and f.family = c.family
    where
        c.agrees
        and abs(f.contribution) >= {{ setting('churn_reason_min_log_odds') }}
        and sign(c.contribution) = sign(f.contribution)
        and (f.contribution > 0 or not f.warns)
    qualify
        row_number() over (
            partition by f.person_id, f.family
            order by abs(c.contribution) desc, c.feature asc
        ) = 1
),

ranked as (
    select
        *,
        row_number() over (
            partition by person_id
            order by direction desc, abs(contribution) desc, family asc
        ) as reason_rank
    from told
    qualify reason_rank <= 3
),

people as (
    select distinct
        person_id,
        classifier
    from families
),

final as (
    select
        p.person_id,
        p.classifier,
        r.family,
        r.feature,
        r.direction,
        coalesce(r.reason_rank, 1) as reason_rank,
        cast(r.contribution as double) as contribution,
        r.feature_value
    from people as p
    left join ranked as r
        on p.person_id = r.person_id
)

select * from final
