with landed as (
    select * from {{ landed('shop', 'content') }}
),

typed as (
    select
        {{ landed_facts('shop', 'content') }},
        {{ code_value('content_id') }} as content_id,
        {{ text_value('title') }} as title,
        {{ text_value('category_path') }} as category_path,
        lower({{ code_value('kind') }}) as kind
    from landed
),

checked as (
    select
        *,
        {{ content_reason_code() }} as reason_code
    from typed
),

final as (
    select
        {{ staged_facts('shop') }},
        content_id,
        title,
        category_path,
        kind
    from checked
)

select * from final
