-- Every unit that was exposed before the clock is a unit of its experiment once, and counts where
-- it met one arm, which the plan has.
-- If it breaks: look at models/experiments/experiment_units.sql.
with exposures as (
    select e.*
    from {{ ref('exposures') }} as e
    inner join {{ ref('clock') }} as c
        on e.exposed_at < c.as_of_at
),

experiment_units as (
    select * from {{ ref('experiment_units') }}
),

exposed as (
    select
        source_name,
        experiment_id,
        unit_id,
        count(distinct arm) as arm_count,
        count(case when not is_planned then 1 end) as unplanned_count,
        min(exposed_at) as exposed_at
    from exposures
    group by source_name, experiment_id, unit_id
)

select
    coalesce(e.source_name, u.source_name) as source_name,
    coalesce(e.experiment_id, u.experiment_id) as experiment_id,
    coalesce(e.unit_id, u.unit_id) as unit_id,
    e.arm_count,
    u.is_counted
from exposed as e
full outer join experiment_units as u
    on
        e.source_name = u.source_name
        and e.experiment_id = u.experiment_id
        and e.unit_id = u.unit_id
where
    e.unit_id is null
    or u.unit_id is null
    or u.exposed_at <> e.exposed_at
    or u.is_counted <> (e.arm_count = 1 and e.unplanned_count = 0)
