-- Every arm that was accepted is one row of the mart, and the mart holds no other: by source,
-- experiment and arm, its weight. Of an experiment one arm is the control, and the shares of its
-- arms add up to 1, or to 0 where no arm has a weight.
-- If it breaks: look at models/core/outreach/experiments.sql: which version of an arm counts, how
-- weights become shares, and what staging rejected.
with landed as (
    {{ union_sources('experiments') }}
),

expected as (
    select
        source_name,
        experiment_id,
        lower(arm) as arm,
        max_by(coalesce(weight, -1), batch_id * 1000000000 + landed_row) as weight
    from landed
    where reason_code is null
    group by source_name, experiment_id, lower(arm)
),

experiments as (
    select
        source_name,
        experiment_id,
        lower(arm) as arm,
        coalesce(weight, -1) as weight
    from {{ ref('experiments') }}
),

arms as (
    select
        source_name,
        experiment_id,
        sum(case when is_control then 1 else 0 end) as control_count,
        sum(share) as total_share,
        max(case when weight > 0 then 1 else 0 end) as expected_share
    from {{ ref('experiments') }}
    group by source_name, experiment_id
),

unlike as (
    {{ differences(
        'expected', 'experiments', by=['source_name', 'experiment_id', 'arm'], of=['weight']
    ) }}
)

select
    source_name,
    experiment_id,
    arm,
    'weight' as problem
from unlike
union all
select
    source_name,
    experiment_id,
    cast(null as string) as arm,
    'control or shares' as problem
from arms
where control_count <> 1 or abs(total_share - expected_share) > 0.000000001
