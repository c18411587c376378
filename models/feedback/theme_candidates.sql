-- What the texts that speak of no theme may have in common: proposals for the seed of themes.
with ml_theme_candidates as (
    select * from {{ ref('ml_theme_candidates') }}
),

final as (
    select
        cast(source_name as string) as source_name,
        cast(language as string) as language,
        cast(words as string) as words,
        cast(example_1 as string) as example_1,
        cast(example_2 as string) as example_2,
        cast(example_3 as string) as example_3,
        cast(candidate as bigint) as candidate,
        cast(text_count as bigint) as text_count,
        cast(person_count as bigint) as person_count,
        cast(other_text_count as bigint) as other_text_count,
        cast(text_count as double) / other_text_count as text_share
    from ml_theme_candidates
)

select * from final
