-- The cuts of the seed, checked: an analyst edits it, and a row that could not be meant stops the
-- build with one sentence.
with retention_cuts as (
    select * from {{ ref('retention_cuts') }}
),

event_types as (
    select * from {{ ref('event_types') }}
),

kinds as (
    select event_type as kind from event_types
    union
    select 'visit' as kind
    union
    select 'order' as kind
    union
    select 'net_order' as kind
),

completed as (
    select
        cut_id,
        cohort_grain,
        start_kind,
        return_kind,
        definition,
        clock_kind,
        coalesce(slice, 'none') as slice,
        bracket_from,
        bracket_to,
        coalesce(min_occurrences, 1) as min_occurrences
    from retention_cuts
),

judged as (
    select
        c.*,
        case
            when c.cohort_grain is null or c.cohort_grain not in ('day', 'week', 'month')
                then 'cohort_grain must be day, week or month'
            when s.kind is null
                then 'start_kind must be visit, order, net_order or an event type'
            when r.kind is null
                then 'return_kind must be visit, order, net_order or an event type'
            when c.definition is null or c.definition not in ('on', 'on_or_after', 'bracket')
                then 'definition must be on, on_or_after or bracket'
            when
                c.definition = 'bracket'
                and not coalesce(c.bracket_from >= 0 and c.bracket_from <= c.bracket_to, false)
                then 'a bracket needs bracket_from and bracket_to, 0 <= from <= to'
            when c.definition <> 'bracket' and coalesce(c.bracket_from, c.bracket_to) is not null
                then 'bracket_from and bracket_to belong to definition bracket only'
            when c.clock_kind is null or c.clock_kind not in ('calendar', 'rolling')
                then 'clock_kind must be calendar or rolling'
            when c.min_occurrences < 1
                then 'min_occurrences must be 1 or more'
            when
                c.slice not in ('none', 'channel', 'country', 'first_category', 'device')
                then 'slice must be none, channel, country, first_category or device'
            when
                count(*) over (
                    partition by
                        c.cohort_grain, c.start_kind, c.return_kind, c.definition, c.clock_kind,
                        c.slice, c.bracket_from, c.bracket_to, c.min_occurrences
                ) > 1
                then 'another row says the same'
        end as problem
    from completed as c
    left join kinds as s
        on c.start_kind = s.kind
    left join kinds as r
        on c.return_kind = r.kind
),

final as (
    select
        case
            when problem is null then cut_id
            else {{ stop_with(
                "concat('seeds/retention_cuts.csv: the cut ', coalesce(cut_id, 'without a name'), "
                "' cannot be built: ', problem, '. Correct the row, or take it out.')"
            ) }}
        end as cut_id,
        cohort_grain,
        start_kind,
        return_kind,
        definition,
        clock_kind,
        slice,
        bracket_from,
        bracket_to,
        min_occurrences,
        row_number() over (order by cut_id) as cut_number,
        -- Cuts that differ only in what they count share the cohort memberships of each person.
        dense_rank() over (
            order by cohort_grain, start_kind, return_kind, clock_kind
        ) as kind_number
    from judged
)

select * from final
