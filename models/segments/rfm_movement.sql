-- Who moved from which segment to which in a month, who stayed, and who is new.
with int_rfm__scored as (
    select * from {{ ref('int_rfm__scored') }}
),

-- Where history is cut off, nobody asks what people were before its first month.
cut_off as (
    select min(month) as first_month
    from int_rfm__scored
    having count(case when previous_segment is null then 1 end) > 0
),

final as (
    select
        s.previous_segment as from_segment,
        s.segment as to_segment,
        count(*) as people_count,
        cast(sum(s.month_net_sales) as decimal(38, 4)) as net_sales,
        s.is_month_complete,
        s.month
    from int_rfm__scored as s
    left join cut_off as c
        on s.month = c.first_month
    where c.first_month is null
    group by s.month, s.is_month_complete, s.previous_segment, s.segment
)

select * from final
