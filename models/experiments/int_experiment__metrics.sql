-- What each source can tell. Of a source without any visit nobody came, and nobody stayed away:
-- what counts visits has no row there, nor what counts orders where not one has landed, and no
-- outcome is 0 because nobody looked.
with experiment_metrics as (
    select * from {{ ref('experiment_metrics') }}
),

experiments as (
    select * from {{ ref('experiments') }}
),

sessions as (
    select * from {{ ref('sessions') }}
    where person_id is not null and not is_bot
),

customer_days as (
    select * from {{ ref('customer_days') }}
),

sources_of_orders as (
    select distinct source_name
    from {{ ref('orders') }}
    where is_order
),

sources as (
    select source_name from experiments
    union
    select source_name from customer_days
),

seen as (
    select distinct
        source_name,
        'minutes' as measure
    from sessions
    union all
    select distinct
        source_name,
        'visit_days' as measure
    from customer_days
    where event_count > 0
    union all
    select
        source_name,
        'orders' as measure
    from sources_of_orders
    union all
    select
        source_name,
        'net_sales' as measure
    from sources_of_orders
),

final as (
    select
        s.source_name,
        m.metric,
        m.kind,
        m.measure,
        m.window_days
    from sources as s
    cross join experiment_metrics as m
    left join seen as v
        on s.source_name = v.source_name and m.measure = v.measure
    where m.measure = 'rating' or v.measure is not null
)

select * from final
