-- How many come to each step of a funnel, how many take it, and how long that takes: of all, and by
-- what tells sessions apart.
{%- set kinds = ['device', 'channel', 'customer_kind', 'country'] %}

with clock as (
    select * from {{ ref('clock') }}
),

int_funnels__checked as (
    select * from {{ ref('int_funnels__checked') }}
),

int_funnels__reached as (
    select * from {{ ref('int_funnels__reached') }}
),

int_sessions__recent as (
    select * from {{ ref('int_sessions__recent') }}
),

told as (
    select
        r.funnel,
        r.session_number,
        r.step_number,
        r.micros_to_step,
        coalesce(
            {{ add_days('r.entered_at', 'coalesce(r.within_days, 0)') }} <= k.as_of_at, false
        ) as is_mature
    from int_funnels__reached as r
    cross join clock as k
),

sliced as (
    select
        t.funnel,
        t.step_number,
        t.micros_to_step,
        t.is_mature,
        'all' as slice_kind,
        'all' as slice
    from told as t
    {%- for kind in kinds %}
    union all
    select
        t.funnel,
        t.step_number,
        t.micros_to_step,
        t.is_mature,
        '{{ kind }}' as slice_kind,
        s.{{ kind }} as slice
    from told as t
    inner join int_sessions__recent as s
        on t.session_number = s.session_number
    {%- endfor %}
),

-- A slice of a few people says nothing of its kind, and much of them.
sizes as (
    select
        funnel,
        slice_kind,
        slice,
        count(*) as entity_count
    from sliced
    where step_number = 1
    group by funnel, slice_kind, slice
),

named as (
    select
        s.funnel,
        s.slice_kind,
        case
            when s.slice_kind <> 'all' and z.entity_count < {{ setting('retention_min_cell_size') }}
                then 'rare'
            else s.slice
        end as slice,
        s.step_number,
        s.micros_to_step,
        s.is_mature
    from sliced as s
    inner join sizes as z
        on s.funnel = z.funnel and s.slice_kind = z.slice_kind and s.slice = z.slice
),

counted as (
    select
        funnel,
        slice_kind,
        slice,
        is_mature,
        step_number,
        count(*) as reached_count,
        {{ quantiles('micros_to_step', [0.5, 0.9]) }} as micros
    from named
    group by funnel, slice_kind, slice, is_mature, step_number
),

-- A step that nobody took is told too.
steps as (
    select
        c.funnel,
        c.slice_kind,
        c.slice,
        c.is_mature,
        f.event_type,
        f.page_kind,
        f.step_number,
        c.reached_count as first_count
    from counted as c
    inner join int_funnels__checked as f
        on c.funnel = f.funnel
    where c.step_number = 1
),

compared as (
    select
        s.funnel,
        s.slice_kind,
        s.slice,
        s.is_mature,
        s.event_type,
        s.page_kind,
        s.step_number,
        s.first_count,
        coalesce(c.reached_count, 0) as reached_count,
        coalesce(
            lag(coalesce(c.reached_count, 0)) over (
                partition by s.funnel, s.slice_kind, s.slice, s.is_mature
                order by s.step_number
            ),
            s.first_count
        ) as entered_count,
        {{ nth_of('c.micros', 1) }} as median_micros,
        {{ nth_of('c.micros', 2) }} as q90_micros
    from steps as s
    left join counted as c
        on
            s.funnel = c.funnel
            and s.slice_kind = c.slice_kind
            and s.slice = c.slice
            and s.is_mature = c.is_mature
            and s.step_number = c.step_number
),

final as (
    select
        funnel,
        slice_kind,
        slice,
        event_type,
        page_kind,
        step_number,
        entered_count,
        reached_count,
        cast(reached_count as double) / nullif(entered_count, 0) as rate_from_previous,
        cast({{ wilson_bound('reached_count', 'entered_count', '-') }} as double) as rate_low,
        cast({{ wilson_bound('reached_count', 'entered_count', '+') }} as double) as rate_high,
        cast(reached_count as double) / first_count as rate_from_first,
        cast(median_micros as double) / 1000000 as median_seconds,
        cast(q90_micros as double) / 1000000 as q90_seconds,
        is_mature
    from compared
)

select * from final
