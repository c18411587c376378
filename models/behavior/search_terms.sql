-- What people look for in the shop, and whether it leads anywhere: to a product before they search
-- again or leave, and to an order later in the visit.
with int_events__recent as (
    select * from {{ ref('int_events__recent') }}
    where event_type in ('search', 'product_view', 'purchase')
),

int_sessions__recent as (
    select * from {{ ref('int_sessions__recent') }}
),

searching_sessions as (
    select distinct session_number
    from int_events__recent
    where event_type = 'search'
),

last_purchases as (
    select
        session_number,
        max(event_number) as event_number
    from int_events__recent
    where event_type = 'purchase'
    group by session_number
),

-- Of a search and a look at a product the next one tells whether the search led to a product; a
-- purchase is neither.
followed as (
    select
        e.session_number,
        e.event_number,
        e.event_type,
        e.search_term,
        e.result_count,
        lead(e.event_type) over (
            partition by e.session_number
            order by e.event_number
        ) as next_event_type
    from int_events__recent as e
    inner join searching_sessions as s
        on e.session_number = s.session_number
    where e.event_type <> 'purchase'
),

searches as (
    select
        coalesce({{ folded_text('f.search_term') }}, 'unknown') as search_term,
        coalesce(v.person_id, concat_ws('|', 'visitor', v.source_name, v.visitor_id))
            as searcher_id,
        f.result_count,
        coalesce(f.next_event_type = 'product_view', false) as is_clicked,
        coalesce(p.event_number > f.event_number, false) as is_bought_after
    from followed as f
    inner join int_sessions__recent as v
        on f.session_number = v.session_number
    left join last_purchases as p
        on f.session_number = p.session_number
    where f.event_type = 'search'
),

terms as (
    select
        search_term,
        count(distinct searcher_id) < {{ setting('search_min_people') }} as is_rare
    from searches
    group by search_term
),

named as (
    select
        s.searcher_id,
        s.result_count,
        s.is_clicked,
        s.is_bought_after,
        case when t.is_rare then 'rare' else t.search_term end as term
    from searches as s
    inner join terms as t
        on s.search_term = t.search_term
),

final as (
    select
        term,
        count(distinct searcher_id) as people_count,
        count(*) as search_count,
        count(case when result_count = 0 then 1 end) as no_result_count,
        count(case when not is_clicked then 1 end) as no_click_count,
        count(case when is_bought_after then 1 end) as bought_after_count,
        -- Where a source does not count results, nobody knows.
        cast(count(case when result_count = 0 then 1 end) as double)
        / nullif(count(result_count), 0) as no_result_share,
        cast(count(case when not is_clicked then 1 end) as double) / count(*) as no_click_share,
        cast(count(case when is_bought_after then 1 end) as double) / count(*)
            as bought_after_share
    from named
    group by term
)

select * from final
