-- What the visits of the device of an alarm brought, from its start to its end, and in the 56 days
-- before it; beside those of the other devices in the same days. All devices have no others.
{%- set days = 56 %}

with clock as (
    select * from {{ ref('clock') }}
),

sessions as (
    select * from {{ ref('sessions') }}
    where not is_bot
),

alarms as (
    select
        device,
        step,
        cast(started_on as date) as started_on,
        cast(ended_on as date) as ended_on
    from {{ ref('ml_funnel_alarms') }}
),

daily as (
    select
        local_day,
        coalesce(device_type, 'unknown') as device,
        count(*) as visit_count,
        count(case when purchase_count > 0 then 1 end) as order_count
    from sessions
    group by local_day, coalesce(device_type, 'unknown')
),

spans as (
    select
        a.device,
        a.step,
        a.started_on,
        d.local_day >= a.started_on as is_during,
        a.device in ('all', d.device) as is_own,
        d.visit_count,
        d.order_count
    from alarms as a
    cross join clock as k
    inner join daily as d
        on
            d.local_day >= {{ add_days('a.started_on', -days, 'date') }}
            and d.local_day <= coalesce(a.ended_on, {{ add_days('k.open_day', -1, 'date') }})
),

final as (
    select
        device,
        step,
        {%- for name, span in (('', 'is_during'), ('usual_', 'not is_during')) %}
        {%- for whose, own in (('', 'is_own'), ('others_', 'not is_own')) %}
        {%- for what in ('visit_count', 'order_count') %}
        sum(case when {{ span }} and {{ own }} then {{ what }} else 0 end)
            as {{ name }}{{ whose }}{{ what }},
        {%- endfor %}
        {%- endfor %}
        {%- endfor %}
        started_on
    from spans
    group by device, step, started_on
)

select * from final
