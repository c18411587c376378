-- What buyers of each age did on each day, as cut-offs that know two whole years knew it: buyers
-- come back at a rate that changes with their age, which is no season.
with int_value__order_days as (
    select * from {{ ref('int_value__order_days') }}
    where is_order_day
),

cut_offs as (
    select distinct
        cut_off_number,
        cut_off_day
    from {{ ref('int_value__horizons') }}
    where has_season
),

-- Of most buyers every cut-off that knows them knows the same first day.
firsts as (
    select
        person_number,
        min(local_day) as first_on,
        coalesce(
            min(local_day) = min(case when until_number is null then local_day end)
            and min(from_number)
            = min_by(from_number, case when until_number is null then local_day end),
            false
        ) as is_lasting
    from int_value__order_days
    group by person_number
),

lasting as (
    select
        d.from_number,
        d.until_number,
        d.local_day,
        {{ days_between('f.first_on', 'd.local_day') }} as age_days
    from int_value__order_days as d
    inner join firsts as f
        on d.person_number = f.person_number
    where f.is_lasting
),

-- Months of age are fewer than days of it: they are what cut-offs are given.
lasting_months as (
    select
        from_number,
        until_number,
        local_day,
        cast(floor((age_days - 1) / 30.0) as bigint) as age_month,
        count(*) as order_day_count
    from lasting
    group by
        from_number,
        until_number,
        local_day,
        cast(floor((age_days - 1) / 30.0) as bigint)
),

-- Where a first order was given back, the next one is the first from then on.
changing as (
    select
        c.cut_off_number,
        c.cut_off_day,
        d.local_day,
        min(d.local_day) over (partition by c.cut_off_number, d.person_number) as first_on
    from int_value__order_days as d
    inner join firsts as f
        on d.person_number = f.person_number
    inner join cut_offs as c
        on
            d.from_number <= c.cut_off_number
            and coalesce(d.until_number, c.cut_off_number + 1) > c.cut_off_number
    where not f.is_lasting
),

placed as (
    select
        c.cut_off_number,
        {{ days_between('d.local_day', 'c.cut_off_day') }} as days_before,
        d.age_month,
        d.order_day_count
    from lasting_months as d
    inner join cut_offs as c
        on
            d.from_number <= c.cut_off_number
            and coalesce(d.until_number, c.cut_off_number + 1) > c.cut_off_number
    union all
    select
        cut_off_number,
        {{ days_between('local_day', 'cut_off_day') }} as days_before,
        cast(floor(({{ days_between('first_on', 'local_day') }} - 1) / 30.0) as bigint)
            as age_month,
        1 as order_day_count
    from changing
),

final as (
    select
        cut_off_number,
        days_before,
        age_month,
        cast(sum(order_day_count) as bigint) as order_day_count
    from placed
    where days_before > 0
    group by cut_off_number, days_before, age_month
)

select * from final
