-- Every plan has each check once, also one that nobody was exposed to; and results where both of an
-- arm and its control have a unit, and the seed has a metric.
-- If it breaks: look at models/experiments/experiment_health.sql and experiment_results.sql.
with experiments as (
    select distinct
        source_name,
        experiment_id
    from {{ ref('experiments') }}
),

experiment_health as (
    select
        source_name,
        experiment_id,
        count(*) as check_count,
        max(case when check_code = 'empty_arm' and check_value > 0 then 1 else 0 end) as is_empty
    from {{ ref('experiment_health') }}
    group by source_name, experiment_id
),

experiment_results as (
    select distinct
        source_name,
        experiment_id
    from {{ ref('experiment_results') }}
),

metrics as (
    select count(*) as metric_count from {{ ref('experiment_metrics') }}
)

select
    e.source_name,
    e.experiment_id,
    h.check_count
from experiments as e
cross join metrics as m
left join experiment_health as h
    on e.source_name = h.source_name and e.experiment_id = h.experiment_id
left join experiment_results as r
    on e.source_name = r.source_name and e.experiment_id = r.experiment_id
where
    coalesce(h.check_count, 0) <> 10
    or (h.is_empty = 0 and r.experiment_id is null and m.metric_count > 0)
