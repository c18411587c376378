-- Every search of the window is of one term, rare and unknown ones too.
-- If it breaks: a term fell out of models/behavior/search_terms.sql, or is joined twice there.
with searched as (
    select coalesce(sum(s.search_count), 0) as search_count
    from {{ ref('sessions') }} as s
    cross join {{ ref('clock') }} as k
    where
        not s.is_bot
        and s.started_at >= {{ add_days('k.as_of_at', '-' ~ setting('behavior_window_days')) }}
        and s.ended_at < k.as_of_at
),

told as (
    select coalesce(sum(search_count), 0) as search_count from {{ ref('search_terms') }}
)

select
    s.search_count,
    t.search_count as told_count
from searched as s
cross join told as t
where s.search_count <> t.search_count
