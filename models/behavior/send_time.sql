-- At which hour a person opens messages best, and whether that is more than chance.
with int_send_time__rates as (
    select * from {{ ref('int_send_time__rates') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by person_id order by open_rate desc, hour_rate desc, hour_band asc
        ) as best_place,
        row_number() over (
            partition by person_id order by hour_contact_count desc, hour_band asc
        ) as usual_place
    from int_send_time__rates
),

-- The best of several hours is picked, so its interval holds for all hours but the usual one
-- together (Bonferroni): the normal quantile of a fortieth divided by their number, by formula
-- 26.2.23 of Abramowitz and Stegun, which errs by less than .00045.
tails as (
    select
        person_id,
        sqrt(2 * ln(40.0 * (count(*) - 1))) as t
    from int_send_time__rates
    group by person_id
),

quantiles as (
    select
        person_id,
        t - (2.515517 + 0.802853 * t + 0.010328 * t * t)
        / (1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t * t * t) as quantile
    from tails
),

choices as (
    select
        person_id,
        max(case when best_place = 1 then hour_band end) as best_band,
        max(case when usual_place = 1 then hour_band end) as usual_band,
        max(case when best_place = 1 then open_rate end)
        - max(case when usual_place = 1 then open_rate end) as gain,
        max(case when best_place = 1 then contact_count end) as best_contacts,
        max(case when best_place = 1 then open_count end) as best_opens,
        max(case when usual_place = 1 then contact_count end) as usual_contacts,
        max(case when usual_place = 1 then open_count end) as usual_opens,
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

-- What is drawn to all may be what others like: a claim needs the person's own openings, too, by
-- the pooled test of two rates.
own as (
    select
        person_id,
        (
            best_opens * usual_contacts - usual_opens * best_contacts
        ) / nullif(cast(best_contacts * usual_contacts as double), 0) as own_gain,
        sqrt(
            cast(best_opens + usual_opens as double) / nullif(best_contacts + usual_contacts, 0)
            * (
                1
                - cast(best_opens + usual_opens as double)
                / nullif(best_contacts + usual_contacts, 0)
            )
            * (1.0 / nullif(best_contacts, 0) + 1.0 / nullif(usual_contacts, 0))
        ) as own_error
    from choices
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
        c.gain - q.quantile * c.standard_error as gain_low,
        c.gain + q.quantile * c.standard_error as gain_high,
        r.is_shrunk_to_all,
        not r.is_shrunk_to_all
        and c.gain - q.quantile * c.standard_error > 0
        and coalesce(o.own_gain > q.quantile * o.own_error, false) as has_better_band
    from ranked as r
    inner join choices as c
        on r.person_id = c.person_id
    inner join quantiles as q
        on r.person_id = q.person_id
    inner join own as o
        on r.person_id = o.person_id
)

select * from final
