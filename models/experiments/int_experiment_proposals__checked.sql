-- The proposals of the seed, checked: a person edits it, and a line that could not be meant stops
-- the build with one sentence.
with experiment_proposals as (
    select * from {{ ref('experiment_proposals') }}
),

experiment_metrics as (
    select * from {{ ref('experiment_metrics') }}
),

experiments as (
    select distinct experiment_id from {{ ref('experiments') }}
),

final as (
    select
        w.proposal,
        case
            when m.metric is not null then w.metric
            else {{ stop_with(
                "concat('seeds/experiment_proposals.csv: the metric ', coalesce(w.metric, ''), "
                "' of ', w.proposal, ' is not in seeds/experiment_metrics.csv: write one that is, "
                "or take the line out.')"
            ) }}
        end as metric,
        w.planned_days,
        w.wanted_effect,
        e.experiment_id is not null as is_plan
    from experiment_proposals as w
    left join experiment_metrics as m
        on w.metric = m.metric
    left join experiments as e
        on w.proposal = e.experiment_id
)

select * from final
