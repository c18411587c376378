-- Of a month that is over, the alerts count as many texts of a theme as feedback_themes_monthly,
-- and in the year before it as many as its twelve months; what that mart tells has its row here.
-- If it breaks: int_feedback__periods counts other periods than it says, or one of the two marts
-- was built without the other.
with feedback_themes_monthly as (
    select
        *,
        {{ period_number('month', "'month'") }} as month_number
    from {{ ref('feedback_themes_monthly') }}
    where is_month_complete and level in ('all', 'category')
),

feedback_alerts as (
    select
        *,
        {{ period_number('period_start', "'month'") }} as month_number
    from {{ ref('feedback_alerts') }}
    where grain = 'month'
),

counted as (
    select
        a.source_name,
        a.level,
        a.level_value,
        a.theme,
        a.month_number,
        sum(case when m.month_number = a.month_number then m.text_count else 0 end)
            as mention_count,
        sum(case when m.month_number < a.month_number then m.text_count else 0 end)
            as mention_count_before
    from feedback_alerts as a
    inner join feedback_themes_monthly as m
        on
            a.source_name = m.source_name
            and a.level = m.level
            and a.level_value = m.level_value
            and a.theme = m.theme
            and m.month_number between a.month_number - 12 and a.month_number
    group by a.source_name, a.level, a.level_value, a.theme, a.month_number
)

{{ differences(
    'feedback_alerts',
    'counted',
    by=['source_name', 'level', 'level_value', 'theme', 'month_number'],
    of=['mention_count', 'mention_count_before'],
) }}
union all
select
    m.source_name,
    m.level,
    m.level_value,
    m.theme,
    m.month_number,
    null as mention_count_of_one,
    m.text_count as mention_count_of_other,
    null as mention_count_before_of_one,
    null as mention_count_before_of_other
from feedback_themes_monthly as m
left join feedback_alerts as a
    on
        m.source_name = a.source_name
        and m.level = a.level
        and m.level_value = a.level_value
        and m.theme = a.theme
        and m.month_number = a.month_number
where a.theme is null
