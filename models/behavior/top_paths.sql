-- The ways that most sessions take: to their first purchase, or else to where they left. Repeats of
-- one kind of page are one, and of a longer way the first eight kinds are told.
with int_events__recent as (
    select
        session_number,
        event_number,
        {{ path_kind() }} as path_kind,
        next_path_kind
    from {{ ref('int_events__recent') }}
),

folded as (
    select
        session_number,
        event_number,
        path_kind
    from int_events__recent
    where next_path_kind is null or path_kind <> next_path_kind
),

placed as (
    select
        session_number,
        path_kind,
        row_number() over visits as place,
        count(case when path_kind = 'purchase' then 1 end) over (
            partition by session_number
            order by event_number
            rows between unbounded preceding and 1 preceding
        ) as purchase_count_before
    from folded
    window visits as (partition by session_number order by event_number)
),

sessions as (
    select
        session_number,
        max(case when path_kind = 'purchase' then 'purchase' else 'exit' end) as goal,
        concat_ws(
            ' > ',
            {% for place in [1, 2, 3, 4, 5, 6, 7, 8] -%}
            max(case when place = {{ place }} then path_kind end),
            {% endfor -%}
            max(case when place = 9 then '...' end)
        ) as path_kinds
    from placed
    where purchase_count_before = 0
    group by session_number
),

-- The twenty of each goal that most sessions take, by name where as many take another.
ranked as (
    select
        goal,
        path_kinds,
        count(*) as session_count,
        row_number() over (
            partition by goal
            order by count(*) desc, path_kinds
        ) as path_rank
    from sessions
    group by goal, path_kinds
),

named as (
    select
        goal,
        case when path_rank <= 20 then path_kinds else 'other ways' end as path_kinds,
        session_count,
        path_rank
    from ranked
),

told as (
    select
        goal,
        path_kinds,
        sum(session_count) as session_count,
        min(path_rank) as path_rank
    from named
    group by goal, path_kinds
),

final as (
    select
        goal,
        path_kinds,
        path_rank,
        cast(session_count as bigint) as session_count,
        cast(session_count as double) / sum(session_count) over (partition by goal)
            as session_share
    from told
)

select * from final
