-- At which hour a person opens messages best, and whether that is more than chance.
with int_send_time__rates as (
    select * from {{ ref('int_send_time__rates') }}
),

ranked as (
    select
        *,
        open_rate * (1 - open_rate) / evidence as variance,
        row_number() over (
            partition by person_id order by open_rate desc, hour_rate desc, hour_band asc
        ) as best_place,
        row_number() over (
            partition by person_id order by hour_contact_count desc, hour_band asc
        ) as usual_place
    from int_send_time__rates
),

choices as (
    select
        person_id,
        max(case when best_place = 1 then hour_band end) as best_band,
        max(case when usual_place = 1 then hour_band end) as usual_band,
        max(case when best_place = 1 then open_rate end)
        - max(case when usual_place = 1 then open_rate end) as gain,
        case
            when max(case when best_place = 1 then usual_place end) = 1 then 0
            else sqrt(
                max(case when best_place = 1 then variance end)
                + max(case when usual_place = 1 then variance end)
            )
        end as standard_error
    from ranked
    group by person_id
),

final as (
    select
        r.person_id,
        r.hour_band,
        c.best_band,
        c.usual_band,
        cast(r.contact_count as bigint) as contact_count,
        cast(r.open_count as bigint) as open_count,
        r.open_rate,
        c.gain,
        c.gain - 1.959963984540054 * c.standard_error as gain_low,
        c.gain + 1.959963984540054 * c.standard_error as gain_high,
        r.is_shrunk_to_all,
        c.gain - 1.959963984540054 * c.standard_error > 0 as has_better_band
    from ranked as r
    inner join choices as c
        on r.person_id = c.person_id
)

select * from final
