-- Each message is counted once, in send_time or by the reason for which it is not; each person has
-- a row for each hour; and no better hour is claimed where the interval of its gain holds 0.
-- If it breaks: models/behavior/int_send_time__rates.sql loses a person or an hour of
-- int_send_time__messages.
with contacts as (
    select * from {{ ref('contacts') }}
),

send_time as (
    select * from {{ ref('send_time') }}
),

send_time_left_out as (
    select * from {{ ref('send_time_left_out') }}
),

landed as (
    select count(*) as contact_count
    from contacts
),

reasons as (
    select
        coalesce(sum(contact_count), 0) as contact_count,
        coalesce(sum(case when reason = 'counted' then contact_count end), 0) as counted_count
    from send_time_left_out
),

people as (
    select
        coalesce(sum(contact_count), 0) as contact_count,
        coalesce(
            count(*) - count(distinct person_id) * count(distinct hour_band), 0
        ) as lacking_count,
        coalesce(
            sum(
                case
                    when has_better_band and (gain_low <= 0 or best_band = usual_band) then 1
                    when open_count > contact_count or open_rate not between 0 and 1 then 1
                    else 0
                end
            ), 0
        ) as wrong_count
    from send_time
)

select
    l.contact_count,
    r.counted_count,
    p.contact_count as person_contact_count
from landed as l
cross join reasons as r
cross join people as p
where
    l.contact_count <> r.contact_count
    or r.counted_count <> p.contact_count
    or p.lacking_count <> 0
    or p.wrong_count <> 0
