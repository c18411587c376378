-- The arms of each plan with their units: those that count, and those that do not.
with experiments as (
    select * from {{ ref('experiments') }}
),

experiment_units as (
    select * from {{ ref('experiment_units') }}
),

units as (
    select
        source_name,
        experiment_id,
        arm,
        count(*) as unit_count
    from experiment_units
    where is_counted
    group by source_name, experiment_id, arm
),

final as (
    select
        e.source_name,
        e.experiment_id,
        e.arm,
        e.is_control,
        cast(e.share as double) as share,
        coalesce(u.unit_count, 0) as unit_count
    from experiments as e
    left join units as u
        on
            e.source_name = u.source_name
            and e.experiment_id = u.experiment_id
            and e.arm = u.arm
)

select * from final
