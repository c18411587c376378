-- What customers wrote about, by local month: of all, of each category, of each product. Cells of
-- few texts are withheld: their shares say nothing, and their writers might be known by them.
{%- set least_texts = 5 %}

with int_feedback__themes as (
    select * from {{ ref('int_feedback__themes') }}
),

clock as (
    select * from {{ ref('clock') }}
),

levels as (
    select
        'all' as level,
        'all' as level_value,
        *
    from int_feedback__themes
    union all
    select
        'category' as level,
        category as level_value,
        *
    from int_feedback__themes
    where category is not null
    union all
    select
        'product' as level,
        product_id as level_value,
        *
    from int_feedback__themes
    where product_id is not null
),

placed as (
    select
        source_name,
        level,
        level_value,
        theme,
        text_kind,
        text_id,
        sentiment,
        rating,
        cast(date_trunc('month', local_day) as date) as month,
        row_number() over (
            partition by
                source_name, level, level_value, theme, text_kind, date_trunc('month', local_day)
            order by likes desc nulls last, written_at desc, text_id asc
        ) as place
    from levels
),

counted as (
    select
        source_name,
        level,
        level_value,
        theme,
        month,
        count(*) as text_count,
        sum(case when text_kind = 'review' then 1 else 0 end) as review_count,
        sum(case when sentiment is not null then 1 else 0 end) as judged_count,
        sum(case when sentiment = 'negative' then 1 else 0 end) as negative_count,
        cast(sum(rating) as double) / nullif(count(rating), 0) as rating_mean,
        max(case when text_kind = 'review' and place = 1 then text_id end) as example_1,
        max(case when text_kind = 'review' and place = 2 then text_id end) as example_2,
        max(case when text_kind = 'review' and place = 3 then text_id end) as example_3
    from placed
    group by source_name, level, level_value, theme, month
),

final as (
    select
        c.source_name,
        c.level,
        c.level_value,
        c.theme,
        {%- for example in ['example_1', 'example_2', 'example_3'] %}
        case when c.text_count >= {{ least_texts }} then c.{{ example }} end as {{ example }},
        {%- endfor %}
        cast(c.text_count as bigint) as text_count,
        cast(c.review_count as bigint) as review_count,
        case when c.text_count >= {{ least_texts }} then cast(c.judged_count as bigint) end
            as judged_count,
        case when c.text_count >= {{ least_texts }} then cast(c.negative_count as bigint) end
            as negative_count,
        case
            when c.text_count >= {{ least_texts }}
                then cast(c.negative_count as double) / nullif(c.judged_count, 0)
        end as negative_share,
        case when c.text_count >= {{ least_texts }} then c.rating_mean end as rating_mean,
        c.text_count < {{ least_texts }} as is_withheld,
        c.month < cast(date_trunc('month', k.open_day) as date) as is_month_complete,
        c.month
    from counted as c
    cross join clock as k
)

select * from final
