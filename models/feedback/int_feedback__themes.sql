-- Each text by each theme that it speaks of, with what a theme is judged by.
with int_feedback__written as (
    select * from {{ ref('int_feedback__written') }}
),

ml_feedback_texts as (
    select * from {{ ref('ml_feedback_texts') }}
    where themes is not null
),

feedback_themes as (
    select distinct theme from {{ ref('feedback_themes') }}
    union
    select 'other' as theme
),

products as (
    select * from {{ ref('products') }}
),

final as (
    select
        w.source_name,
        w.text_kind,
        w.text_id,
        h.theme,
        w.person_id,
        w.product_id,
        p.category,
        t.language,
        t.sentiment,
        w.rating,
        w.likes,
        {{ local_day('w.written_at') }} as local_day,
        w.written_at
    from int_feedback__written as w
    inner join ml_feedback_texts as t
        on
            w.source_name = t.source_name
            and w.text_kind = t.text_kind
            and w.text_id = t.text_id
    inner join feedback_themes as h
        on contains(concat(',', t.themes, ','), concat(',', h.theme, ','))
    left join products as p
        on w.source_name = p.source_name and w.product_id = p.product_id
)

select * from final
