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

order_products as (
    select distinct
        source_name,
        order_id,
        product_id
    from {{ ref('money_lines') }}
    where kind = 'item'
),

-- What was written of the order itself: a review of something in it, a message that names no other.
-- Some of what people write in these days is of an order before.
texts as (
    select
        o.source_name,
        o.person_id,
        o.lateness,
        o.order_band,
        o.first_category,
        o.has_come_back,
        w.text_kind,
        w.text_id,
        w.rating
    from int_followed__orders as o
    inner join int_feedback__written as w
        on
            o.source_name = w.source_name
            and o.person_id = w.person_id
            and o.ordered_at <= w.written_at
            and o.landmark_at > w.written_at
    left join order_products as p
        on
            o.source_name = p.source_name
            and o.order_id = p.order_id
            and w.product_id = p.product_id
    where
        case
            when w.text_kind = 'review' then p.product_id is not null
            else coalesce(w.order_id, o.order_id) = o.order_id
        end
),

wrote as (
    select
        source_name,
        person_id,
        'rating' as follow_kind,
        case when rating <= 2 then 'bad' when rating = 3 then 'middle' else 'good' end
            as follow_value,
        lateness,
        order_band,
        first_category,
        has_come_back
    from texts
    where rating is not null
    union
    select
        source_name,
        person_id,
        'message' as follow_kind,
        'any' as follow_value,
        lateness,
        order_band,
        first_category,
        has_come_back
    from texts
    where text_kind = 'message'
    union
    select
        t.source_name,
        t.person_id,
        'theme' as follow_kind,
        h.theme as follow_value,
        t.lateness,
        t.order_band,
        t.first_category,
        t.has_come_back
    from texts as t
    inner join int_feedback__themes as h
        on
            t.source_name = h.source_name
            and t.text_kind = h.text_kind
            and t.text_id = h.text_id
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
