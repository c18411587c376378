-- What the features mean, as the columns of customer_snapshots say in their YAML.
with feature_profile as (
    select * from {{ ref('feature_profile') }}
),

final as (
    select
        feature,
        feature_family as family,
        feature_unit as unit
    from feature_profile
)

select * from final
