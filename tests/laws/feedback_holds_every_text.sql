-- Every review and every message to the help desk is counted once, in review_sentiment or
-- support_messages or by the reason for which it is left out, and what is counted has one outcome.
-- If it breaks: models/feedback/int_feedback__written.sql and models/feedback/feedback_left_out.sql
-- leave out different texts, or ml_feedback_texts loses some.
with written as (
    select
        source_name,
        'review' as text_kind,
        count(*) as text_count
    from {{ ref('reviews') }}
    group by source_name
    union all
    select
        source_name,
        'message' as text_kind,
        count(*) as text_count
    from {{ ref('events') }}
    where event_type = 'support_message'
    group by source_name
),

reasons as (
    select
        source_name,
        text_kind,
        sum(text_count) as text_count,
        sum(case when reason = 'counted' then text_count else 0 end) as counted_count
    from {{ ref('feedback_left_out') }}
    group by source_name, text_kind
),

judged as (
    select
        source_name,
        'review' as text_kind,
        count(*) as judged_count,
        sum(case when outcome_code is null then 1 else 0 end) as without_outcome_count
    from {{ ref('review_sentiment') }}
    group by source_name
    union all
    select
        source_name,
        'message' as text_kind,
        count(*) as judged_count,
        sum(case when outcome_code is null then 1 else 0 end) as without_outcome_count
    from {{ ref('support_messages') }}
    group by source_name
),

told as (
    select
        coalesce(w.source_name, r.source_name, j.source_name) as source_name,
        coalesce(w.text_kind, r.text_kind, j.text_kind) as text_kind,
        coalesce(w.text_count, 0) as written_count,
        coalesce(r.text_count, 0) as told_count,
        coalesce(r.counted_count, 0) as counted_count,
        coalesce(j.judged_count, 0) as judged_count,
        coalesce(j.without_outcome_count, 0) as without_outcome_count
    from written as w
    full outer join reasons as r
        on w.source_name = r.source_name and w.text_kind = r.text_kind
    full outer join judged as j
        on w.source_name = j.source_name and w.text_kind = j.text_kind
)

select * from told
where
    written_count <> told_count
    or counted_count <> judged_count
    or without_outcome_count <> 0
