-- Where there are clusters, everybody with an RFM segment is in exactly one of them; where there
-- are none, nobody is in any. The profile counts the same people, once for each measure.
-- If it breaks: a join in models/segments/int_clusters__measured.sql loses people, or a centre in
-- ml_customer_clusters lacks a measure: `dbt build -s ml_customer_clusters+` fits them anew.
with chosen as (
    select count(*) as chosen_count from {{ ref('cluster_stability') }}
    where is_chosen
),

scored as (
    select r.person_id
    from {{ ref('rfm_segments') }} as r
    inner join chosen as c
        on c.chosen_count = 1
),

unlike as (
    select
        coalesce(s.person_id, c.person_id) as what,
        count(*) as row_count
    from scored as s
    full outer join {{ ref('customer_clusters') }} as c
        on s.person_id = c.person_id
    where s.person_id is null or c.cluster_name is null or c.distance is null
    group by coalesce(s.person_id, c.person_id)
),

counted as (
    select
        cluster_name,
        count(*) as people_count
    from {{ ref('customer_clusters') }}
    group by cluster_name
),

profiled as (
    select
        cluster_name,
        max(people_count) as people_count,
        min(people_count) as least_count,
        count(*) as measure_count
    from {{ ref('cluster_profile') }}
    group by cluster_name
)

select * from unlike
union all
select
    coalesce(c.cluster_name, p.cluster_name) as what,
    p.people_count as row_count
from counted as c
full outer join profiled as p
    on c.cluster_name = p.cluster_name
where
    p.cluster_name is null
    or p.people_count <> coalesce(c.people_count, 0)
    or p.least_count <> p.people_count
    or p.measure_count <> {{ cluster_measures() | length }}
