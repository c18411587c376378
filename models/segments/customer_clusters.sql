-- Who belongs to which cluster: the one with the nearest centre, on the scale that they were found
-- on (src/stayhouse/segments/clusters.py); of equally near ones the first by name.
{%- set cut = 3 %}
{%- set borderline = 0.9 %}
with int_clusters__measured as (
    select * from {{ ref('int_clusters__measured') }}
),

int_clusters__centres as (
    select * from {{ ref('int_clusters__centres') }}
),

-- Rounded, so that who is as far from two is so on every engine.
measured as (
    select
        p.person_id,
        c.cluster_name,
        round(sqrt(
            {%- for measure in cluster_measures() %}
            power(
                greatest(
                    least(
                        ({{ signed_log('p.' ~ measure) }} - c.{{ measure }}_mean)
                        / c.{{ measure }}_deviation,
                        {{ cut }}
                    ),
                    -{{ cut }}
                ) - c.{{ measure }}_centre,
                2
            ){{ ' +' if not loop.last }}
            {%- endfor %}
        ), 6) as distance
    from int_clusters__measured as p
    cross join int_clusters__centres as c
),

ranked as (
    select
        *,
        row_number() over (partition by person_id order by distance, cluster_name) as place,
        lead(distance) over (partition by person_id order by distance, cluster_name)
            as distance_to_next
    from measured
),

final as (
    select
        person_id,
        cluster_name,
        distance,
        distance_to_next,
        distance >= {{ borderline }} * distance_to_next as is_borderline
    from ranked
    where place = 1
)

select * from final
