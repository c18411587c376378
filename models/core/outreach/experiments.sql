-- Plans of experiments as they are now: the latest version of each arm.
with landed as (
    {{ union_sources('experiments') }}
),

current_versions as (
    select *
    from landed
    where reason_code is null
    qualify row_number() over (
        partition by source_name, experiment_id, arm
        order by batch_id desc, landed_row desc
    ) = 1
),

compared as (
    select
        *,
        sum(weight) over (partition by source_name, experiment_id) as total_weight,
        -- One control an experiment, whatever its arms are called.
        row_number() over (
            partition by source_name, experiment_id
            order by
                case when arm = 'control' then 1 when lower(arm) = 'control' then 2 else 3 end,
                arm
        ) = 1 as is_control
    from current_versions
),

final as (
    select
        source_name,
        experiment_id,
        arm,
        unit_kind,
        primary_metric,
        weight,
        case
            when weight > 0 then cast(weight as double) / cast(total_weight as double)
            else cast(0 as double)
        end as share,
        is_control,
        starts_at,
        ends_at
    from compared
)

select * from final
