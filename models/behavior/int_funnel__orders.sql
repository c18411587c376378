-- What the visits of the device of an alarm brought, from its start to its end, of an open one to
-- the day before the rate is back, so far, and in the 56 days before it; beside those of the other
-- devices in the same days. All devices have no others.
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
        a.device,
        a.step,
        cast(a.started_on as date) as started_on,
        coalesce(
            cast(a.ended_on as date),
            {{ add_days('cast(a.back_since as date)', -1, 'date') }},
            {{ add_days('c.open_day', -1, 'date') }}
        ) as last_day
    from {{ ref('ml_funnel_alarms') }} as a
    cross join clock as c
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
        {{ days_between('a.started_on', 'a.last_day') }} + 1 as day_count,
        d.local_day >= a.started_on as is_during,
        a.device in ('all', d.device) as is_own,
        d.visit_count,
        d.order_count
    from alarms as a
    inner join daily as d
        on
            {{ add_days('a.started_on', -days, 'date') }} <= d.local_day
            and a.last_day >= d.local_day
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
        cast(max(day_count) as bigint) as day_count,
        cast({{ days }} as bigint) as usual_day_count,
        started_on
    from spans
    group by device, step, started_on
)

select * from final
