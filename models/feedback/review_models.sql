{%- set least_texts = meta_of('ml_feedback_texts').get('plan', {}).get('least_texts', 0) %}
-- How well each model of sentiment does on reviews with stars, by language: the one that learnt
-- from the shop's own stars, each text judged by a fit that had not seen it, and the list of words.
with review_sentiment as (
    select * from {{ ref('review_sentiment') }}
    where rating is not null and language in ('en', 'zh')
),

ml_feedback_texts as (
    select * from {{ ref('ml_feedback_texts') }}
    where text_kind = 'review'
),

rated as (
    select
        r.language,
        case when r.rating <= 2 then 'negative' when r.rating = 3 then 'neutral' else 'positive' end
            as told,
        case when r.model_used = 'text' then r.sentiment end as by_text,
        t.lexicon_sentiment as by_lexicon
    from review_sentiment as r
    inner join ml_feedback_texts as t
        on r.source_name = t.source_name and r.review_id = t.text_id
    where r.outcome_code not in ('empty', 'emoji_only')
),

judged as (
    select
        language,
        'text' as model_name,
        told,
        by_text as found
    from rated
    union all
    select
        language,
        'lexicon' as model_name,
        told,
        by_lexicon as found
    from rated
),

classes as (
    select 'negative' as sentiment
    union all
    select 'neutral' as sentiment
    union all
    select 'positive' as sentiment
),

counted as (
    select
        j.language,
        j.model_name,
        c.sentiment,
        sum(case when j.told = c.sentiment then 1 else 0 end) as told_count,
        sum(case when j.found = c.sentiment then 1 else 0 end) as found_count,
        sum(case when j.told = c.sentiment and j.found = c.sentiment then 1 else 0 end) as hit_count
    from judged as j
    cross join classes as c
    group by j.language, j.model_name, c.sentiment
),

summed as (
    select
        language,
        model_name,
        {%- for sentiment in ['negative', 'neutral', 'positive'] %}
        max(
            case
                when sentiment = '{{ sentiment }}'
                    then cast(2 * hit_count as double) / nullif(told_count + found_count, 0)
            end
        ) as {{ sentiment }}_f1,
        {%- endfor %}
        sum(told_count) as text_count,
        sum(found_count) as judged_count,
        min(told_count) as least_class_count,
        sum(hit_count) as hit_count
    from counted
    group by language, model_name
),

final as (
    select
        s.language,
        s.model_name,
        case
            when s.model_name = 'text' and s.judged_count = 0 and s.text_count < {{ least_texts }}
                then 'too_few_texts'
            when s.model_name = 'text' and s.judged_count = 0 then 'too_few_of_a_class'
            when s.model_name = 'lexicon' and t.judged_count > 0 then 'learnt_model_is_used'
            when s.judged_count = 0 then 'nothing_judged'
        end as reason_code,
        cast(s.text_count as bigint) as text_count,
        cast(s.judged_count as bigint) as judged_count,
        cast(s.least_class_count as bigint) as least_class_count,
        case
            when s.judged_count > 0 then cast(s.hit_count as double) / s.text_count
        end as accuracy,
        -- In one order, as sums of floats must be; null where a class is neither told nor found.
        case
            when s.judged_count > 0 then (s.negative_f1 + s.neutral_f1 + s.positive_f1) / 3
        end as macro_f1,
        s.judged_count > 0 and (s.model_name = 'text' or t.judged_count = 0) as is_used
    from summed as s
    inner join summed as t
        on s.language = t.language and t.model_name = 'text'
)

select * from final
