-- Of each person and hour at which the shop sends, the share of messages opened, drawn towards
-- what the person opens at any hour and what all open at this one.
with counted as (
    select * from {{ ref('int_send_time__messages') }}
    where reason = 'counted'
),

cells as (
    select
        person_id,
        hour_band,
        count(*) as contact_count,
        count(case when is_opened then 1 end) as open_count
    from counted
    group by person_id, hour_band
),

total as (
    select
        count(distinct hour_band) as hour_count,
        cast(sum(open_count) as double) / sum(contact_count) as open_rate
    from cells
),

-- An hour begins with a hundred messages like all others: one lucky morning is no best hour.
hours as (
    select
        c.hour_band,
        sum(c.contact_count) as hour_contact_count,
        (sum(c.open_count) + 100 * t.open_rate) / (sum(c.contact_count) + 100) as hour_rate
    from cells as c
    cross join total as t
    where t.hour_count > 1
    group by c.hour_band, t.open_rate
),

-- Whole numbers are summed, and decimals below, whose sum is the same in any order. How far an hour
-- is from what its messages lead to expect follows.
hour_sums as (
    select
        h.hour_band,
        h.hour_rate,
        sum(c.open_count * c.open_count) as open_squares,
        sum(c.open_count * c.contact_count) as products,
        sum(c.contact_count * c.contact_count) as contact_squares,
        sum(c.contact_count * (c.contact_count - 1)) as pair_count,
        sum(c.contact_count) as contact_count
    from cells as c
    inner join hours as h
        on c.hour_band = h.hour_band
    group by h.hour_band, h.hour_rate
),

-- The variance of the rates of persons at an hour, beyond what chance makes.
hourly as (
    select
        cast(sum(cast(
            open_squares - 2 * hour_rate * products + hour_rate * hour_rate * contact_squares
            - contact_count * hour_rate * (1 - hour_rate) as decimal(38, 12)
        )) as double) / nullif(sum(pair_count), 0) as rate_variance
    from hour_sums
),

people as (
    select
        c.person_id,
        sum(c.contact_count) as person_contact_count,
        sum(c.open_count) as person_open_count,
        cast(sum(cast(c.contact_count * h.hour_rate as decimal(38, 12))) as double)
            as expected_count,
        cast(
            sum(
                cast(c.contact_count * h.hour_rate * (1 - h.hour_rate) as decimal(38, 12))
            ) as double
        )
            as chance_variance
    from cells as c
    inner join hours as h
        on c.hour_band = h.hour_band
    group by c.person_id
),

-- How much persons differ at any hour, beyond chance: some open everything.
personal as (
    select
        greatest(
            cast(sum(cast(
                power(person_open_count - expected_count, 2) - chance_variance as decimal(38, 12)
            )) as double)
            / nullif(
                cast(sum(cast(
                    expected_count * expected_count
                    * (person_contact_count - 1) / person_contact_count as decimal(38, 12)
                )) as double), 0
            ),
            0
        ) as level_variance
    from people
),

-- So many messages of their own weigh as much as what is known of all.
weights as (
    select
        case when p.level_variance > 0 then 1 / p.level_variance end as level_weight,
        case
            when h.rate_variance > p.level_variance * t.open_rate * t.open_rate
                then
                    greatest(
                        t.open_rate * (1 - t.open_rate)
                        / (h.rate_variance - p.level_variance * t.open_rate * t.open_rate) - 1,
                        0
                    )
        end as hour_weight
    from hourly as h
    cross join personal as p
    cross join total as t
),

levels as (
    select
        p.person_id,
        w.hour_weight,
        p.person_contact_count < {{ setting('send_time_min_messages') }} or w.hour_weight is null
            as is_shrunk_to_all,
        coalesce(
            (p.person_open_count + w.level_weight) / (p.expected_count + w.level_weight), 1
        ) as personal_level
    from people as p
    cross join weights as w
),

grid as (
    select
        l.person_id,
        h.hour_band,
        h.hour_contact_count,
        h.hour_rate,
        l.hour_weight,
        l.is_shrunk_to_all,
        coalesce(c.contact_count, 0) as contact_count,
        coalesce(c.open_count, 0) as open_count,
        least(h.hour_rate * l.personal_level, 1.0) as expected_rate
    from levels as l
    cross join hours as h
    left join cells as c
        on l.person_id = c.person_id and h.hour_band = c.hour_band
),

rates as (
    select
        *,
        case
            when is_shrunk_to_all then hour_rate
            else (open_count + hour_weight * expected_rate) / nullif(contact_count + hour_weight, 0)
        end as open_rate,
        -- How unsure the hour's own rate is, which is known from the messages of all.
        hour_rate * (1 - hour_rate) / (hour_contact_count + 100) as hour_variance
    from grid
),

final as (
    select
        person_id,
        hour_band,
        hour_contact_count,
        contact_count,
        open_count,
        hour_rate,
        is_shrunk_to_all,
        open_rate,
        -- Own messages with the weight of all, and of the hour's what the rate is drawn to it.
        case
            when is_shrunk_to_all then hour_variance
            else
                open_rate * (1 - open_rate) / (contact_count + hour_weight + 1)
                + power(hour_weight / nullif(contact_count + hour_weight, 0), 2) * hour_variance
        end as variance
    from rates
)

select * from final
