-- The points at which people are scored: the end of each local month that is complete, and the
-- clock, which stands for the month that is open.
with clock as (
    select * from {{ ref('clock') }}
),

bounds as (
    select
        as_of_at,
        {{ period_number('open_day', "'month'") }} as open_month_number,
        greatest(
            {{ period_number('open_day', "'month'") }} - {{ setting('rfm_history_months') }},
            {{ period_number(local_day('first_at'), "'month'") }}
        ) as first_month_number
    from clock
    where first_at is not null
),

steps as (
    select
        as_of_at,
        open_month_number,
        first_month_number,
        {{ numbers_up_to('open_month_number - first_month_number') }} as step
    from bounds
),

months as (
    select
        as_of_at,
        open_month_number,
        first_month_number + step as month_number,
        {{ first_of_month('first_month_number + step') }} as month,
        {{ first_of_month('first_month_number + step + 1') }} as next_month
    from steps
),

final as (
    select
        month_number,
        month_number < open_month_number as is_month_complete,
        month,
        case
            when month_number < open_month_number
                then {{ utc_from_local('cast(next_month as string)', setting('time_zone')[1:-1]) }}
            else as_of_at
        end as end_at
    from months
)

select * from final
