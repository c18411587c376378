-- The kinds of pages of the seed, checked: a marketer edits it, and a row that could not be meant
-- stops the build with one sentence.
with page_kinds as (
    select * from {{ ref('page_kinds') }}
),

judged as (
    select
        pattern,
        kind,
        case
            when kind is null
                then 'has no kind: write one, or take the row out'
            when kind in ('start', 'exit', 'purchase', 'other', 'other ways', 'unknown')
                then concat(
                    'has the kind ',
                    kind,
                    ', which means something else on a path: call it otherwise'
                )
            when kind like '%>%'
                then 'has a kind with >, which stands between the kinds of a path: take it out'
            when pattern not like '/%' and pattern not like '!%%' escape '!'
                then 'never fits, since paths begin with /: begin it with / or with %'
            when pattern <> lower(pattern)
                then 'never fits, since addresses are read in lower case: write it in lower case'
        end as problem
    from page_kinds
),

final as (
    select
        pattern,
        case
            when problem is null then kind
            else {{ stop_with(
                "concat('seeds/page_kinds.csv: the pattern ', pattern, ' ', problem, '.')"
            ) }}
        end as kind
    from judged
)

select * from final
