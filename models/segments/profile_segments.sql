with int_profile__judged as (
    select * from {{ ref('int_profile__judged') }}
    where is_met
),

final as (
    select
        person_id,
        rule_name
    from int_profile__judged
)

select * from final
