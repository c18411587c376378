-- Every page or guide that was accepted is one row of the mart, and the mart holds no other: by
-- source and page, its title. Whatever has a path has a category, which is a level of it.
-- If it breaks: look at models/core/outreach/content.sql: which version of a page counts, and what
-- staging rejected.
with landed as (
    {{ union_sources('content') }}
),

expected as (
    select
        source_name,
        content_id,
        max_by(coalesce(title, ''), batch_id * 1000000000 + landed_row) as title,
        true as is_of_path
    from landed
    where reason_code is null
    group by source_name, content_id
),

content as (
    select
        source_name,
        content_id,
        coalesce(title, '') as title,
        coalesce(concat('/', category_path, '/'), '//')
        like concat('%/', coalesce(category, ''), '/%') as is_of_path
    from {{ ref('content') }}
)

{{ differences(
    'expected', 'content', by=['source_name', 'content_id'], of=['title', 'is_of_path']
) }}
