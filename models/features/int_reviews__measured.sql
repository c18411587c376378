-- What each buyer had said in reviews by each cut-off.
with churn_cutoffs as (
    select * from {{ ref('churn_cutoffs') }}
),

reviews as (
    select * from {{ ref('reviews') }}
),

known as (
    select
        c.cut_off_at,
        r.person_id,
        r.rating,
        r.created_at,
        row_number() over (
            partition by c.cut_off_at, r.person_id
            order by r.created_at desc, r.review_id desc
        ) as place_from_last
    from churn_cutoffs as c
    inner join reviews as r
        on c.cut_off_at > r.created_at
),

final as (
    select
        cut_off_at,
        person_id,
        count(*) as review_count,
        min(rating) as lowest_rating,
        max(case when place_from_last = 1 then rating end) as last_rating,
        max(created_at) as last_available_at
    from known
    group by cut_off_at, person_id
)

select * from final
