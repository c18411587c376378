-- What the people of each cluster are like, beside all customers.
with int_clusters__measured as (
    select * from {{ ref('int_clusters__measured') }}
),

int_clusters__centres as (
    select * from {{ ref('int_clusters__centres') }}
),

customer_clusters as (
    select * from {{ ref('customer_clusters') }}
),

centres as (
    {% for measure in cluster_measures() %}
    select
        cluster_name,
        '{{ measure }}' as measure,
        {{ measure }}_centre as centroid
    from int_clusters__centres
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- Decimals, since a sum of floats depends on the order in which threads add them up.
amounts as (
    {% for measure in cluster_measures() %}
    select
        person_id,
        '{{ measure }}' as measure,
        cast({{ measure }} as decimal(28, 6)) as amount
    from int_clusters__measured
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

described as (
    select
        c.cluster_name,
        a.measure,
        count(*) as people_count,
        cast(sum(a.amount) as double) / count(*) as mean_value
    from amounts as a
    inner join customer_clusters as c
        on a.person_id = c.person_id
    group by c.cluster_name, a.measure
),

described_all as (
    select
        measure,
        cast(sum(amount) as double) / count(*) as mean_of_all
    from amounts
    group by measure
),

final as (
    select
        c.cluster_name,
        cast(c.measure as string) as measure,
        coalesce(d.people_count, 0) as people_count,
        c.centroid,
        d.mean_value,
        a.mean_of_all,
        case when a.mean_of_all > 0 then d.mean_value / a.mean_of_all - 1 end as share_above_all
    from centres as c
    inner join described_all as a
        on c.measure = a.measure
    -- After `--exclude tag:train` a cluster of earlier may have lost everybody.
    left join described as d
        on c.cluster_name = d.cluster_name and c.measure = d.measure
)

select * from final
