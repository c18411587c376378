-- Each message to the help desk with what its words say. No model learnt from them: nobody gave
-- them stars.
with int_feedback__written as (
    select * from {{ ref('int_feedback__written') }}
    where text_kind = 'message'
),

ml_feedback_texts as (
    select * from {{ ref('ml_feedback_texts') }}
    where text_kind = 'message'
),

final as (
    select
        w.source_name,
        w.text_id as event_id,
        w.person_id,
        w.product_id,
        w.order_id,
        t.language,
        t.outcome_code,
        t.sentiment,
        t.model_used,
        t.themes,
        t.probability,
        w.written_at
    from int_feedback__written as w
    inner join ml_feedback_texts as t
        on w.source_name = t.source_name and w.text_id = t.text_id
)

select * from final
