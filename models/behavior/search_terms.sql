-- What people look for in the shop, and whether it leads anywhere: to a product before they search
-- again or leave, and to an order later in the visit.
with int_events__recent as (
    select
        session_id,
        event_number,
        event_type,
        coalesce({{ folded_text('search_term') }}, 'unknown') as search_term,
        coalesce(person_id, concat_ws('|', 'visitor', source_name, visitor_id)) as searcher_id,
        result_count
    from {{ ref('int_events__recent') }}
    where event_type in ('search', 'product_view', 'purchase')
),

-- Of a search and a look at a product the next one tells whether the search led to a product; a
-- purchase is neither.
followed as (
    select
        *,
        lead(event_type) over (
            partition by session_id, event_type = 'purchase'
            order by event_number
        ) as next_event_type,
        max(case when event_type = 'purchase' then event_number end) over (partition by session_id)
            as last_purchase_number
    from int_events__recent
),

searches as (
    select
        search_term,
        searcher_id,
        result_count,
        coalesce(next_event_type = 'product_view', false) as is_clicked,
        coalesce(last_purchase_number > event_number, false) as is_bought_after
    from followed
    where event_type = 'search'
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
        s.*,
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
