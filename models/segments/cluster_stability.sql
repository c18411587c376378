-- How sure the clusters are: each number of them that was tried, and which was chosen; one row of
-- one cluster, with the reason, where there are none.
with ml_customer_clusters as (
    select * from {{ ref('ml_customer_clusters') }}
),

final as (
    select
        cast(reason_code as string) as reason_code,
        cast(k as bigint) as k,
        cast(people_count as bigint) as people_count,
        cast(fitted_people_count as bigint) as fitted_people_count,
        cast(silhouette as double) as silhouette,
        cast(bootstrap_ari as double) as bootstrap_ari,
        cast(is_stable as boolean) as is_stable,
        cast(is_chosen as boolean) as is_chosen
    from ml_customer_clusters
)

select * from final
