-- Each review with what its words say, beside its stars. Where they disagree it is shown, and
-- neither is corrected.
with int_feedback__written as (
    select * from {{ ref('int_feedback__written') }}
    where text_kind = 'review'
),

ml_feedback_texts as (
    select * from {{ ref('ml_feedback_texts') }}
    where text_kind = 'review'
),

final as (
    select
        w.source_name,
        w.text_id as review_id,
        w.person_id,
        w.product_id,
        t.language,
        t.outcome_code,
        t.sentiment,
        t.model_used,
        t.themes,
        w.rating,
        t.probability,
        -- Stars do not contradict themselves, and a list of words is wrong too often to accuse.
        coalesce(
            t.model_used in ('text', 'vectors', 'emoji')
            and (
                (w.rating >= 4 and t.sentiment = 'negative')
                or (w.rating <= 2 and t.sentiment = 'positive')
            ),
            false
        ) as is_contradicting,
        w.written_at as created_at
    from int_feedback__written as w
    inner join ml_feedback_texts as t
        on w.source_name = t.source_name and w.text_id = t.text_id
)

select * from final
