-- The funnels of the seed, checked: a marketer edits it, and a row that could not be meant stops
-- the build with one sentence. Its values are compared, never made part of a query.
{%- set most = funnel_step_numbers() | last %}
{%- set number = '^[1-9][0-9]{0,3}$' %}

with funnels as (
    select * from {{ ref('funnels') }}
),

event_types as (
    select * from {{ ref('event_types') }}
),

page_kinds as (
    select distinct kind from {{ ref('int_page_kinds__checked') }}
    union
    select 'other' as kind
    union
    select 'unknown' as kind
),

read as (
    select
        f.funnel,
        f.step_number as step_words,
        f.event_type,
        f.page_kind,
        f.scope,
        f.within_days as within_words,
        f.step_order,
        t.event_type as known_type,
        k.kind as known_kind,
        case when {{ matches('f.step_number', number) }} then try_cast(f.step_number as bigint) end
            as step_number,
        case when {{ matches('f.within_days', number) }} then try_cast(f.within_days as bigint) end
            as within_days
    from funnels as f
    left join event_types as t
        on f.event_type = t.event_type
    left join page_kinds as k
        on f.page_kind = k.kind
),

judged as (
    select
        *,
        case
            when funnel is null
                then 'it has no funnel'
            when step_number is null or step_number > {{ most }}
                then 'step_number must be a whole number from 1 to {{ most }}'
            when count(*) over (partition by funnel, step_number) > 1
                then 'another row of the funnel has its step_number'
            when step_number > count(*) over (partition by funnel)
                then 'a step before it is missing, since steps are numbered 1, 2, 3'
            when known_type is null
                then 'event_type must be one of seeds/event_types.csv'
            when page_kind is not null and known_kind is null
                then 'page_kind must be empty, a kind of seeds/page_kinds.csv, other or unknown'
            when scope is null or scope not in ('session', 'person')
                then 'scope must be session or person'
            when step_order is null or step_order not in ('loose', 'strict')
                then 'step_order must be loose or strict'
            when within_words is not null and within_days is null
                then 'within_days must be empty or a whole number of days, 1 or more'
            when scope = 'person' and within_days is null
                then 'a funnel of persons needs within_days, such as 30'
            when scope = 'person' and within_days >= {{ setting('behavior_window_days') }}
                then 'a funnel of persons needs within_days below the setting behavior_window_days'
            -- The first step says what the others have to be.
            when
                scope <> first_value(scope) over steps
                or coalesce(within_days, 0) <> first_value(coalesce(within_days, 0)) over steps
                then 'scope and within_days must be those of step 1'
        end as problem
    from read
    window steps as (
        partition by funnel
        order by step_number
    )
),

final as (
    select
        case
            when problem is null then funnel
            else {{ stop_with(
                "concat('seeds/funnels.csv: step ', coalesce(step_words, 'without a number'), "
                "' of the funnel ', coalesce(funnel, 'without a name'), ' cannot be used: ', problem, "
                "'. Correct the row, or take it out.')"
            ) }}
        end as funnel,
        event_type,
        page_kind,
        scope,
        step_number,
        within_days,
        step_order = 'strict' as is_strict,
        coalesce(
            lead(step_order) over (partition by funnel order by step_number) = 'strict', false
        ) as is_next_strict
    from judged
)

select * from final
