{%- set optional = ['rating', 'likes'] -%}

with landed as (
    select * from {{ landed('shop', 'reviews') }}
),

typed as (
    select
        {{ landed_facts('shop', 'reviews') }},
        {{ as_landed(optional) }},
        {{ code_value('review_id') }} as review_id,
        {{ code_value('customer_id') }} as customer_id,
        {{ code_value('product_id') }} as product_id,
        {{ redacted(text_value('text')) }} as text,
        lower({{ code_value('language') }}) as language,
        {{ whole_number('rating') }} as rating,
        {{ whole_number('likes') }} as likes,
        {{ utc_instant('created_at') }} as created_at
    from landed
),

checked as (
    select
        *,
        coalesce(
            {{ review_reason_code() }},
            {{ unreadable(optional) }},
            {{ after_landed(['created_at']) }}
        ) as reason_code
    from typed
),

final as (
    select
        {{ staged_facts('shop') }},
        review_id,
        customer_id,
        product_id,
        text,
        language,
        rating,
        likes,
        created_at
    from checked
)

select * from final
