-- The classic triangle: of the people who first ordered in a month, the share in percent that
-- ordered again n months later. Empty = the month is not over. Also for weeks and net orders:
-- change the four words in `cut`.
with cohort_retention as (
    select * from {{ ref('cohort_retention') }}
),

cut as (
    select
        cohort_start,
        period_index,
        cohort_size,
        round(100 * retention_rate, 1) as retained_percent
    from cohort_retention
    where
        cohort_grain = 'month'
        and start_kind = 'order'
        and return_kind = 'order'
        and definition = 'on'
        and clock_kind = 'calendar'
),

final as (
    select
        max(cohort_size) as cohort_size,
        {% for period in range(1, 13) -%}
        max(case when period_index = {{ period }} then retained_percent end) as month_{{ period }},
        {% endfor -%}
        cohort_start
    from cut
    group by cohort_start
)

select * from final
order by cohort_start
