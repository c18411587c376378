-- Reviews as they are now: the latest version of each (likes go on changing).
with landed as (
    {{ union_sources('reviews') }}
),

current_versions as (
    select *
    from landed
    where reason_code is null
    qualify row_number() over (
        partition by source_name, review_id
        order by batch_id desc, landed_row desc
    ) = 1
),

final as (
    select
        source_name,
        review_id,
        {{ person_id('source_name', 'customer_id', 'cast(null as string)') }} as person_id,
        customer_id,
        product_id,
        text,
        language,
        rating,
        likes,
        created_at
    from current_versions
)

select * from final
