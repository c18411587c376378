-- Who was in which arm of an experiment, and from when on: the first exposure of each unit to each
-- arm, whose name is the same in capitals or not. A unit that was in two arms has two rows.
with landed as (
    {{ union_sources('exposures') }}
),

experiments as (
    select * from {{ ref('experiments') }}
),

identity_map as (
    select * from {{ ref('identity_map') }}
),

first_exposures as (
    select
        source_name,
        experiment_id,
        -- Of two spellings that the plan does not have, one for all units.
        min(min(arm)) over (partition by source_name, experiment_id, lower(arm)) as arm,
        unit_id,
        min(exposed_at) as exposed_at
    from landed
    where reason_code is null
    group by source_name, experiment_id, lower(arm), unit_id
),

-- What a unit is stands in the plan, for an arm that the plan does not have too. Where its arms
-- contradict each other nobody can tell.
unit_kinds as (
    select
        source_name,
        experiment_id,
        min(unit_kind) as unit_kind
    from experiments
    group by source_name, experiment_id
    having min(unit_kind) = max(unit_kind)
),

planned as (
    select
        f.source_name,
        f.experiment_id,
        coalesce(e.arm, f.arm) as arm,
        f.unit_id,
        f.exposed_at,
        case when k.unit_kind = 'customer' then f.unit_id end as named_customer_id,
        case when k.unit_kind = 'visitor' then f.unit_id end as visitor_id,
        e.arm is not null as is_planned
    from first_exposures as f
    left join unit_kinds as k
        on f.source_name = k.source_name and f.experiment_id = k.experiment_id
    left join experiments as e
        on
            f.source_name = e.source_name
            and f.experiment_id = e.experiment_id
            and lower(f.arm) = lower(e.arm)
),

final as (
    select
        p.source_name,
        p.experiment_id,
        p.arm,
        p.unit_id,
        {{ known_person_id(
            'p.source_name', 'p.named_customer_id', 'p.visitor_id', 'p.exposed_at'
        ) }} as person_id,
        {{ known_customer_id('p.named_customer_id', 'p.exposed_at') }} as customer_id,
        p.is_planned,
        p.exposed_at
    from planned as p
    left join identity_map as i
        on
            p.source_name = i.source_name
            and p.visitor_id = i.visitor_id
            and p.exposed_at >= i.valid_from
            and p.exposed_at < i.valid_to
)

select * from final
