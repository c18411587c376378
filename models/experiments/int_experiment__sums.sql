-- Sums over the units of each arm, by metric and segment: all that a test needs to know. A cell is
-- told where each of its two arms has `least_count` eligible units.
with experiment_units as (
    select * from {{ ref('experiment_units') }}
    where is_counted
),

experiment_outcomes as (
    select * from {{ ref('experiment_outcomes') }}
),

experiment_metrics as (
    select * from {{ ref('experiment_metrics') }}
),

-- What was not known before is 0 for everybody of its kind: then it explains nothing.
outcomes as (
    select
        o.source_name,
        o.experiment_id,
        o.arm,
        o.metric,
        coalesce(u.device, 'unknown') as device,
        u.buyer_kind,
        coalesce(u.country, 'unknown') as country,
        coalesce(u.first_category, 'unknown') as first_category,
        o.is_over,
        o.is_eligible,
        case when o.is_eligible then o.outcome_value end as y,
        case when o.is_eligible then coalesce(o.value_before, 0.0) end as x
    from experiment_outcomes as o
    inner join experiment_units as u
        on
            o.source_name = u.source_name
            and o.experiment_id = u.experiment_id
            and o.unit_id = u.unit_id
),

-- First by all at once, which leaves few rows: the outcomes are gone over a single time.
cells as (
    select
        source_name,
        experiment_id,
        arm,
        metric,
        device,
        buyer_kind,
        country,
        first_category,
        {% for column, term in [
            ('y_sum', 'y'), ('yy_sum', 'y * y'), ('x_sum', 'x'), ('xx_sum', 'x * x'),
            ('xy_sum', 'x * y'),
        ] -%}
        sum(cast({{ term }} as decimal(38, 12))) as {{ column }},
        {% endfor -%}
        count(*) as unit_count,
        count(case when is_over then 1 end) as over_count,
        count(case when is_eligible then 1 end) as eligible_count
    from outcomes
    group by
        source_name, experiment_id, arm, metric, device, buyer_kind, country, first_category
),

summed as (
    select
        source_name,
        experiment_id,
        arm,
        metric,
        case
            when grouping(device) = 0 then 'device'
            when grouping(buyer_kind) = 0 then 'buyer_kind'
            when grouping(country) = 0 then 'country'
            when grouping(first_category) = 0 then 'first_category'
            else 'all'
        end as segment_kind,
        coalesce(device, buyer_kind, country, first_category, 'all') as segment,
        {% for column in ['y_sum', 'yy_sum', 'x_sum', 'xx_sum', 'xy_sum'] -%}
        cast(coalesce(sum({{ column }}), 0) as double) as {{ column }},
        {% endfor -%}
        {% for column in ['unit_count', 'over_count', 'eligible_count'] -%}
        cast(sum({{ column }}) as bigint) as {{ column }}
        {%- if not loop.last %},{% endif %}
        {% endfor -%}
    from cells
    group by grouping sets (
        (source_name, experiment_id, arm, metric),
        (source_name, experiment_id, arm, metric, device),
        (source_name, experiment_id, arm, metric, buyer_kind),
        (source_name, experiment_id, arm, metric, country),
        (source_name, experiment_id, arm, metric, first_category)
    )
),

final as (
    select
        s.*,
        m.kind,
        m.measure,
        {{ setting('retention_min_cell_size') }} as least_count
    from summed as s
    inner join experiment_metrics as m
        on s.metric = m.metric
)

select * from final
