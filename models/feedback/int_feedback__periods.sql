-- How many texts of each complete week and month speak of each theme, and how many did in the 52
-- weeks or 12 months before it: of all, and of each category. From whole periods alone, so that
-- what was counted of one stands, whatever is written later.
with int_feedback__themes as (
    select * from {{ ref('int_feedback__themes') }}
),

clock as (
    select * from {{ ref('clock') }}
),

grains as (
    select
        'week' as grain,
        52 as periods_before
    union all
    select
        'month' as grain,
        12 as periods_before
),

-- Of a category, and of all: a text has one product at most.
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
),

placed as (
    select
        l.source_name,
        l.level,
        l.level_value,
        l.theme,
        concat(l.text_kind, ' ', l.text_id) as text_key,
        g.grain,
        g.periods_before,
        {{ period_number('l.local_day', 'g.grain') }} as period_number,
        {{ period_number('c.open_day', 'g.grain') }} - 1 as last_number
    from levels as l
    cross join grains as g
    cross join clock as c
),

texts as (
    select
        source_name,
        level,
        level_value,
        grain,
        periods_before,
        last_number,
        period_number,
        count(distinct text_key) as text_count
    from placed
    where period_number <= last_number
    group by
        source_name, level, level_value, grain, periods_before, last_number, period_number
),

mentions as (
    select
        source_name,
        level,
        level_value,
        grain,
        theme,
        period_number,
        count(*) as mention_count
    from placed
    where period_number <= last_number
    group by source_name, level, level_value, grain, theme, period_number
),

texts_before as (
    select
        t.source_name,
        t.level,
        t.level_value,
        t.grain,
        t.period_number,
        count(*) as periods_before,
        sum(b.text_count) as text_count_before
    from texts as t
    inner join texts as b
        on
            t.source_name = b.source_name
            and t.level = b.level
            and t.level_value = b.level_value
            and t.grain = b.grain
            and b.period_number between t.period_number - t.periods_before and t.period_number - 1
    group by t.source_name, t.level, t.level_value, t.grain, t.period_number
),

-- A theme has a row where it was spoken of in the period or before it: of none that came later.
spoken as (
    select
        t.source_name,
        t.level,
        t.level_value,
        t.grain,
        t.period_number,
        m.theme,
        sum(case when m.period_number = t.period_number then m.mention_count else 0 end)
            as mention_count,
        sum(case when m.period_number < t.period_number then m.mention_count else 0 end)
            as mention_count_before
    from texts as t
    inner join mentions as m
        on
            t.source_name = m.source_name
            and t.level = m.level
            and t.level_value = m.level_value
            and t.grain = m.grain
            and m.period_number between t.period_number - t.periods_before and t.period_number
    group by t.source_name, t.level, t.level_value, t.grain, t.period_number, m.theme
),

final as (
    select
        s.source_name,
        s.level,
        s.level_value,
        s.theme,
        s.grain,
        cast({{ setting('feedback_false_alarms_a_year') }} as bigint) as false_alarms_a_year,
        cast(t.text_count as bigint) as text_count,
        cast(s.mention_count as bigint) as mention_count,
        cast(coalesce(b.text_count_before, 0) as bigint) as text_count_before,
        cast(s.mention_count_before as bigint) as mention_count_before,
        cast(coalesce(b.periods_before, 0) as bigint) as periods_before,
        t.period_number = t.last_number as is_last_period,
        {{ period_start('t.period_number', 't.grain') }} as period_start
    from spoken as s
    inner join texts as t
        on
            s.source_name = t.source_name
            and s.level = t.level
            and s.level_value = t.level_value
            and s.grain = t.grain
            and s.period_number = t.period_number
    left join texts_before as b
        on
            s.source_name = b.source_name
            and s.level = b.level
            and s.level_value = b.level_value
            and s.grain = b.grain
            and s.period_number = b.period_number
)

select * from final
