{%- set plan = meta_of('ml_feedback_texts').get('plan', {}) %}
{%- set least_texts = plan.get('least_texts', 0) %}
{%- set vectors = plan.get('vectors', {}) %}
-- How well each model of sentiment does on reviews with stars, by language: those that learnt from
-- the shop's own stars, by words or by vectors of sentences, each text judged by a fit that had not
-- seen it, and the list of words. Other languages have neither words nor a list.
with review_sentiment as (
    select * from {{ ref('review_sentiment') }}
    where rating is not null and language in ('en', 'zh', 'other')
),

ml_feedback_texts as (
    select * from {{ ref('ml_feedback_texts') }}
),

waiting as (
    select
        language,
        sum(case when vector_code = 'over_cap' then 1 else 0 end) as waiting_count
    from ml_feedback_texts
    group by language
),

rated as (
    select
        r.language,
        case when r.rating <= 2 then 'negative' when r.rating = 3 then 'neutral' else 'positive' end
            as told,
        case when r.model_used = 'text' then r.sentiment end as by_text,
        case when r.model_used = 'vectors' then r.sentiment end as by_vectors,
        t.lexicon_sentiment as by_lexicon,
        case when t.vector_code = 'needs_extra_language' then 1 else 0 end as is_lacking
    from review_sentiment as r
    inner join ml_feedback_texts as t
        on
            t.text_kind = 'review'
            and r.source_name = t.source_name
            and r.review_id = t.text_id
    where r.outcome_code not in ('empty', 'emoji_only')
),

judged as (
    select
        language,
        'text' as model_name,
        told,
        by_text as found,
        is_lacking
    from rated
    where language <> 'other'
    union all
    select
        language,
        'vectors' as model_name,
        told,
        by_vectors as found,
        is_lacking
    from rated
    union all
    select
        language,
        'lexicon' as model_name,
        told,
        by_lexicon as found,
        is_lacking
    from rated
    where language <> 'other'
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
        max(j.is_lacking) as is_lacking,
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
        max(is_lacking) as is_lacking,
        sum(told_count) as text_count,
        sum(found_count) as judged_count,
        min(told_count) as least_class_count,
        sum(hit_count) as hit_count
    from counted
    group by language, model_name
),

ranked as (
    select
        *,
        -- Of the models before it in this order that judged anything, by the words or by vectors.
        max(case when model_name = 'text' then judged_count else 0 end)
            over (partition by language) as by_text_count,
        max(case when model_name = 'vectors' then judged_count else 0 end)
            over (partition by language) as by_vectors_count
    from summed
),

final as (
    select
        r.language,
        r.model_name,
        case
            when r.model_name = 'vectors' and r.by_text_count > 0 then 'learnt_model_is_used'
            when
                r.model_name = 'lexicon' and r.by_text_count + r.by_vectors_count > 0
                then 'learnt_model_is_used'
            when r.judged_count > 0 then null
            when r.model_name = 'lexicon' then 'nothing_judged'
            when
                r.text_count
                < case
                    when r.model_name = 'text' then {{ least_texts }}
                    else {{ vectors.get('least_texts', 0) }}
                end
                then 'too_few_texts'
            when
                r.model_name = 'text'
                or r.least_class_count < {{ vectors.get('least_of_a_class', 0) }}
                then 'too_few_of_a_class'
            when r.is_lacking = 1 then 'needs_extra_language'
            when w.waiting_count > 0 then 'over_cap'
            -- Enough stand, and too few of them differ.
            else 'too_few_of_a_class'
        end as reason_code,
        cast(r.text_count as bigint) as text_count,
        cast(r.judged_count as bigint) as judged_count,
        cast(r.least_class_count as bigint) as least_class_count,
        cast(
            case
                when r.model_name = 'vectors' and r.is_lacking = 0 then w.waiting_count
            end as bigint
        ) as waiting_count,
        case
            when r.judged_count > 0 then cast(r.hit_count as double) / r.text_count
        end as accuracy,
        -- In one order, as sums of floats must be; null where a class is neither told nor found.
        case
            when r.judged_count > 0 then (r.negative_f1 + r.neutral_f1 + r.positive_f1) / 3
        end as macro_f1,
        r.judged_count > 0
        and case r.model_name
            when 'lexicon' then r.by_text_count + r.by_vectors_count = 0
            else true
        end as is_used
    from ranked as r
    inner join waiting as w
        on r.language = w.language
)

select * from final
