-- What each cut-off knew of each buyer. The first order day says nothing of how often and for how
-- much people come back: it is where their history begins (docs/definitions.md, section 7).
with int_value__order_days as (
    select * from {{ ref('int_value__order_days') }}
),

cut_offs as (
    select distinct
        cut_off_number,
        is_fitted,
        cut_off_day,
        {{ add_days('cut_off_day', -365, 'date') }} as year_from_day
    from {{ ref('int_value__cutoffs') }}
),

-- The cut-off at which what a day brought is no longer of the last year.
leaving as (
    select
        d.local_day,
        min(c.cut_off_number) as cut_off_number
    from (select distinct local_day from int_value__order_days) as d
    inner join cut_offs as c
        on d.local_day < c.year_from_day
    group by d.local_day
),

-- Of most people nothing changes from one cut-off to the next: what is known of them is added up
-- where it changes, which is a fifth of the work.
changes as (
    select
        person_number,
        from_number as cut_off_number
    from int_value__order_days
    union distinct
    select
        person_number,
        until_number as cut_off_number
    from int_value__order_days
    where until_number is not null
    union distinct
    select
        d.person_number,
        l.cut_off_number
    from int_value__order_days as d
    inner join leaving as l
        on d.local_day = l.local_day
    where d.from_number < l.cut_off_number
),

spans as (
    select
        s.person_number,
        s.cut_off_number as from_number,
        lead(s.cut_off_number)
            over (partition by s.person_number order by s.cut_off_number) as until_number,
        c.year_from_day
    from changes as s
    inner join cut_offs as c
        on s.cut_off_number = c.cut_off_number
),

states as (
    select
        s.person_number,
        s.from_number,
        s.until_number,
        count(case when d.is_order_day then 1 end) - 1 as repeat_count,
        min(case when d.is_order_day then d.local_day end) as first_order_on,
        max(case when d.is_order_day then d.local_day end) as last_order_on,
        sum(d.net_sales) as net_sales,
        min_by(d.net_sales, case when d.is_order_day then d.local_day end) as first_net_sales,
        sum(case when d.local_day >= s.year_from_day then d.booked_net_sales else 0 end)
            as net_sales_365d,
        bool_or(d.is_net) as has_net_order
    from spans as s
    inner join int_value__order_days as d
        on
            s.person_number = d.person_number
            and s.from_number >= d.from_number
            and s.from_number < coalesce(d.until_number, s.from_number + 1)
    group by s.person_number, s.from_number, s.until_number
    having bool_or(d.is_order_day)
),

ages as (
    select
        s.*,
        c.cut_off_number,
        c.is_fitted,
        {{ days_between('s.last_order_on', 'c.cut_off_day') }} as recency_days,
        {{ days_between('s.first_order_on', 'c.cut_off_day') }} as tenure_days
    from cut_offs as c
    inner join states as s
        on
            c.cut_off_number >= s.from_number
            and c.cut_off_number < coalesce(s.until_number, c.cut_off_number + 1)
),

final as (
    select
        cut_off_number,
        person_number,
        repeat_count,
        tenure_days - recency_days as last_repeat_days,
        {{ days_of_bg_nbd('recency_days', 'tenure_days') }} as age_days,
        cast(net_sales as decimal(38, 4)) as net_sales,
        cast(net_sales - first_net_sales as decimal(38, 4)) as repeat_net_sales,
        cast(net_sales_365d as decimal(38, 4)) as net_sales_365d,
        is_fitted,
        has_net_order,
        first_order_on,
        last_order_on
    from ages
)

select * from final
