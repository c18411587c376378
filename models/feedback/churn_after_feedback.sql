-- What a review, a theme or a message is followed by: how many of those who wrote it bought again,
-- beside everybody else, and beside others who are alike. Followed by, not caused by: whoever
-- writes may differ in what no column tells.
{%- set least_people = 20 %}
{%- set z = 1.959963984540054 %}
with int_followed__strata as (
    select * from {{ ref('int_followed__strata') }}
),

int_followed__orders as (
    select * from {{ ref('int_followed__orders') }}
),

everybody as (
    select
        source_name,
        horizon_days,
        count(*) as person_count,
        count(case when has_come_back then 1 end) as came_back_count
    from int_followed__orders
    group by source_name, horizon_days
),

-- Mantel and Haenszel's difference of two rates over groups of people who are alike, and its
-- variance after Sato, Greenland and Robins ("On the variance estimator for the Mantel-Haenszel
-- risk difference", Biometrics 45, 1989, 1323-1324), which holds for many small groups too.
-- A group where all or none wrote has weight 0.
weighed as (
    select
        *,
        cast(person_count as double) * other_count / (person_count + other_count) as weight,
        (cast(came_back_count as double) * other_count - other_came_back_count * person_count)
        / (person_count + other_count) as excess,
        (
            cast(person_count as double) * person_count * other_came_back_count
            - cast(other_count as double) * other_count * came_back_count
            + cast(person_count as double) * other_count * (other_count - person_count) / 2
        ) / (person_count + other_count) / (person_count + other_count) as variance_slope,
        (
            cast(came_back_count as double) * (other_count - other_came_back_count)
            + cast(other_came_back_count as double) * (person_count - came_back_count)
        ) / (person_count + other_count) / 2 as variance_base
    from int_followed__strata
),

-- As decimals, so that the sums are the same in any order.
summed as (
    select
        source_name,
        follow_kind,
        follow_value,
        sum(person_count) as person_count,
        sum(came_back_count) as came_back_count,
        count(case when other_count > 0 then 1 end) as stratum_count,
        {%- for term in ['weight', 'excess', 'variance_slope', 'variance_base'] %}
        cast(
            sum(case when other_count > 0 then cast({{ term }} as decimal(38, 12)) else 0 end)
            as double
        ) as {{ term }},
        {%- endfor %}
        sum(case when other_count > 0 then person_count else 0 end) as matched_count,
        sum(other_count) as matched_other_count
    from weighed
    group by source_name, follow_kind, follow_value
),

compared as (
    select
        s.source_name,
        s.follow_kind,
        s.follow_value,
        e.horizon_days,
        cast(s.person_count as bigint) as person_count,
        cast(s.came_back_count as bigint) as came_back_count,
        cast(e.person_count - s.person_count as bigint) as other_count,
        cast(e.came_back_count - s.came_back_count as bigint) as other_came_back_count,
        s.stratum_count,
        cast(s.matched_count as bigint) as matched_count,
        cast(s.matched_other_count as bigint) as matched_other_count,
        s.excess / nullif(s.weight, 0) as adjusted_difference,
        (s.excess / nullif(s.weight, 0) * s.variance_slope + s.variance_base)
        / nullif(s.weight * s.weight, 0) as adjusted_variance
    from summed as s
    inner join everybody as e
        on s.source_name = e.source_name
),

rated as (
    select
        *,
        least(person_count, other_count) < {{ least_people }} as is_withheld,
        coalesce(
            least(matched_count, matched_other_count) >= {{ least_people }}
            and adjusted_variance > 0,
            false
        ) as is_adjusted,
        cast(came_back_count as double) / nullif(person_count, 0) as came_back_rate,
        {{ wilson_bound('came_back_count', 'person_count', '-') }} as came_back_rate_low,
        {{ wilson_bound('came_back_count', 'person_count', '+') }} as came_back_rate_high,
        cast(other_came_back_count as double) / nullif(other_count, 0) as other_rate,
        {{ wilson_bound('other_came_back_count', 'other_count', '-') }} as other_rate_low,
        {{ wilson_bound('other_came_back_count', 'other_count', '+') }} as other_rate_high
    from compared
),

-- The interval of the plain difference is made of the two rates' own (Newcombe, Statistics in
-- Medicine 17, 1998, method 10), so that few people make it wide.
intervals as (
    select
        *,
        came_back_rate - other_rate as difference,
        came_back_rate - other_rate - sqrt(
            (came_back_rate - came_back_rate_low) * (came_back_rate - came_back_rate_low)
            + (other_rate_high - other_rate) * (other_rate_high - other_rate)
        ) as difference_low,
        came_back_rate - other_rate + sqrt(
            (came_back_rate_high - came_back_rate) * (came_back_rate_high - came_back_rate)
            + (other_rate - other_rate_low) * (other_rate - other_rate_low)
        ) as difference_high,
        {{ z }} * sqrt(case when is_adjusted then adjusted_variance end) as adjusted_half
    from rated
),

final as (
    select
        source_name,
        follow_kind,
        follow_value,
        horizon_days,
        person_count,
        other_count,
        {%- for told in [
            'came_back_count', 'other_came_back_count',
            'came_back_rate', 'came_back_rate_low', 'came_back_rate_high',
            'other_rate', 'other_rate_low', 'other_rate_high',
            'difference', 'difference_low', 'difference_high',
        ] %}
        case when not is_withheld then {{ told }} end as {{ told }},
        {%- endfor %}
        stratum_count,
        matched_count,
        matched_other_count,
        person_count - matched_count as unmatched_count,
        other_count - matched_other_count as unmatched_other_count,
        case when is_adjusted then adjusted_difference end as adjusted_difference,
        adjusted_difference - adjusted_half as adjusted_low,
        adjusted_difference + adjusted_half as adjusted_high,
        is_withheld,
        is_adjusted
    from intervals
)

select * from final
