-- Plans of experiments as they are now: the latest version of each arm, whose name is the same in
-- capitals or not.
with landed as (
    {{ union_sources('experiments') }}
),

current_versions as (
    select *
    from landed
    where reason_code is null
    qualify row_number() over (
        partition by source_name, experiment_id, lower(arm)
        order by batch_id desc, landed_row desc
    ) = 1
),

arms as (
    select
        source_name,
        experiment_id,
        max(case when reason_code is null then 1 else 0 end) as is_accepted
    from landed
    group by source_name, experiment_id, lower(arm)
),

-- An arm that was rejected leaves its share, and maybe its part as the control, to the others.
plans as (
    select
        source_name,
        experiment_id,
        min(is_accepted) = 1 as is_complete
    from arms
    group by source_name, experiment_id
),

compared as (
    select
        *,
        sum(weight) over (partition by source_name, experiment_id) as total_weight,
        -- One control an experiment, whatever its arms are called.
        row_number() over (
            partition by source_name, experiment_id
            order by case when lower(arm) = 'control' then 1 else 2 end, lower(arm)
        ) = 1 as is_control
    from current_versions
),

final as (
    select
        c.source_name,
        c.experiment_id,
        c.arm,
        c.unit_kind,
        c.primary_metric,
        c.weight,
        case
            when c.weight > 0 then cast(c.weight as double) / cast(c.total_weight as double)
            else cast(0 as double)
        end as share,
        c.is_control,
        p.is_complete,
        c.starts_at,
        c.ends_at
    from compared as c
    inner join plans as p
        on c.source_name = p.source_name and c.experiment_id = p.experiment_id
)

select * from final
