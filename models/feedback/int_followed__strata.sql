-- Who wrote it and who did not, and how many of them came back, among people who are alike: the
-- same lateness, number of the order and category of the first order. Only groups in which somebody
-- wrote it; the others are the people of the group without them.
with int_followed__orders as (
    select * from {{ ref('int_followed__orders') }}
),

int_feedback__written as (
    select * from {{ ref('int_feedback__written') }}
),

int_feedback__themes as (
    select * from {{ ref('int_feedback__themes') }}
),

feedback as (
    select
        source_name,
        person_id,
        'theme' as follow_kind,
        theme as follow_value,
        written_at
    from int_feedback__themes
    union all
    select
        source_name,
        person_id,
        'rating' as follow_kind,
        case when rating <= 2 then 'bad' when rating = 3 then 'middle' else 'good' end
            as follow_value,
        written_at
    from int_feedback__written
    where rating is not null
    union all
    select
        source_name,
        person_id,
        'message' as follow_kind,
        'any' as follow_value,
        written_at
    from int_feedback__written
    where text_kind = 'message'
),

wrote as (
    select distinct
        o.source_name,
        o.person_id,
        f.follow_kind,
        f.follow_value,
        o.lateness,
        o.order_band,
        o.first_category,
        o.has_come_back
    from int_followed__orders as o
    inner join feedback as f
        on
            o.source_name = f.source_name
            and o.person_id = f.person_id
            and o.ordered_at <= f.written_at
            and o.landmark_at > f.written_at
),

wrote_counted as (
    select
        source_name,
        follow_kind,
        follow_value,
        lateness,
        order_band,
        first_category,
        count(*) as person_count,
        count(case when has_come_back then 1 end) as came_back_count
    from wrote
    group by source_name, follow_kind, follow_value, lateness, order_band, first_category
),

everybody as (
    select
        source_name,
        lateness,
        order_band,
        first_category,
        count(*) as person_count,
        count(case when has_come_back then 1 end) as came_back_count
    from int_followed__orders
    group by source_name, lateness, order_band, first_category
),

final as (
    select
        w.source_name,
        w.follow_kind,
        w.follow_value,
        w.lateness,
        w.first_category,
        w.order_band,
        w.person_count,
        w.came_back_count,
        e.person_count - w.person_count as other_count,
        e.came_back_count - w.came_back_count as other_came_back_count
    from wrote_counted as w
    inner join everybody as e
        on
            w.source_name = e.source_name
            and w.lateness = e.lateness
            and w.order_band = e.order_band
            and w.first_category = e.first_category
)

select * from final
