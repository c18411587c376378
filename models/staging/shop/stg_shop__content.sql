{%- set columns = [
    'content_id', 'title', 'category_path', 'kind',
] -%}

with landed as (
    select * from {{ landed('shop', 'content') }}
),

typed as (
    select
        batch_id,
        landed_row,
        data_until,
        {{ row_hash(columns) }} as row_hash,
        {{ raw_values(columns) }} as raw_values,
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
        'shop' as source_name,
        row_hash,
        reason_code,
        case when reason_code is not null then {{ redacted('raw_values') }} end as raw_values,
        batch_id,
        landed_row,
        data_until,
        content_id,
        title,
        category_path,
        kind
    from checked
)

select * from final
