-- Pages and guides as they are now: the latest version of each.
with landed as (
    {{ union_sources('content') }}
),

current_versions as (
    select *
    from landed
    where reason_code is null
    qualify row_number() over (
        partition by source_name, content_id
        order by batch_id desc, landed_row desc
    ) = 1
),

final as (
    select
        source_name,
        content_id,
        title,
        category_path,
        {{ category('category_path', 'source_name') }} as category,
        kind
    from current_versions
)

select * from final
