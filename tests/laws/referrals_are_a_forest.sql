-- Every customer stands in exactly one tree: one row each, one generation below their referrer and
-- under the same root; who is counted below others is counted once by each generation above.
-- If it breaks: look in models/retention/referrals.sql at which referrals cannot be true (a circle,
-- somebody older than their referrer), and in int_referrals__ancestors at who stands above whom.
with referrals as (
    select * from {{ ref('referrals') }}
),

-- Customers on either side only.
lonely as (
    select
        coalesce(c.customer_id, r.customer_id) as customer_id,
        'not in both' as mistake
    from {{ ref('customers') }} as c
    full outer join referrals as r
        on c.source_name = r.source_name and c.customer_id = r.customer_id
    where c.customer_id is null or r.customer_id is null
),

misplaced as (
    select
        r.customer_id,
        'not one below the referrer' as mistake
    from referrals as r
    left join referrals as p
        on r.source_name = p.source_name and r.referrer_id = p.customer_id
    where
        case
            when r.referrer_id is null
                then r.generation <> 0 or r.root_customer_id <> r.customer_id
            else
                r.generation is distinct from p.generation + 1
                or r.root_customer_id is distinct from p.root_customer_id
        end
),

sums as (
    select
        sum(direct_referral_count) as direct_referral_count,
        count(referrer_id) as referred_count,
        sum(descendant_count) as descendant_count,
        sum(generation) as generation_count
    from referrals
)

select
    customer_id,
    mistake
from lonely
union all
select
    customer_id,
    mistake
from misplaced
union all
select
    cast(null as string) as customer_id,
    'sums differ' as mistake
from sums
where direct_referral_count <> referred_count or descendant_count <> generation_count
