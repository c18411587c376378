-- A month's mentions of a theme are the reviews and messages of the month that speak of it, of all,
-- of each category and of each product, no fewer and no more.
-- If it breaks: models/feedback/int_feedback__themes.sql takes a theme for another one, or
-- models/feedback/feedback_themes_monthly.sql loses texts or counts them twice.
with texts as (
    select
        source_name,
        product_id,
        themes,
        sentiment,
        {{ local_day('created_at') }} as local_day
    from {{ ref('review_sentiment') }}
    where themes is not null
    union all
    select
        source_name,
        product_id,
        themes,
        sentiment,
        {{ local_day('written_at') }} as local_day
    from {{ ref('support_messages') }}
    where themes is not null
),

placed as (
    select
        t.source_name,
        t.product_id,
        p.category,
        t.themes,
        t.sentiment,
        cast(date_trunc('month', t.local_day) as date) as month
    from texts as t
    left join {{ ref('products') }} as p
        on t.source_name = p.source_name and t.product_id = p.product_id
),

levels as (
    select
        source_name,
        'all' as level,
        'all' as level_value,
        month,
        themes,
        sentiment
    from placed
    union all
    select
        source_name,
        'category' as level,
        category as level_value,
        month,
        themes,
        sentiment
    from placed
    where category is not null
    union all
    select
        source_name,
        'product' as level,
        product_id as level_value,
        month,
        themes,
        sentiment
    from placed
    where product_id is not null
),

-- How many themes the texts of a month speak of, by their commas alone: nothing here reads a theme.
spoken as (
    select
        source_name,
        level,
        level_value,
        month,
        sum(1 + length(themes) - length(replace(themes, ',', ''))) as mention_count,
        sum(case when themes = 'other' then 1 else 0 end) as other_count
    from levels
    group by source_name, level, level_value, month
),

told as (
    select
        source_name,
        level,
        level_value,
        month,
        sum(text_count) as mention_count,
        sum(case when theme = 'other' then text_count else 0 end) as other_count
    from {{ ref('feedback_themes_monthly') }}
    group by source_name, level, level_value, month
)

{{ differences('spoken', 'told', ['source_name', 'level', 'level_value', 'month'],
    ['mention_count', 'other_count']) }}
