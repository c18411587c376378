-- The open interval of each person's history is the segment of today; who has no net order left is
-- a prospect there, and in no segment today. Nobody is in history who never ordered, as a bot or a
-- person that was erased would be.
-- If it breaks: the open month of segments.int_rfm__scored and segments.rfm_segments were not built
-- from the same clock: build both again. A person without an order: core.money_lines holds sales
-- of a person whom core.orders does not name.
with today as (
    select
        person_id,
        segment
    from {{ ref('rfm_history') }}
    where to_month is null and segment <> 'prospect'
),

changed as (
    {{ differences('today', ref('rfm_segments'), by=['person_id'], of=['segment']) }}
)

select person_id from changed
union all
select h.person_id
from {{ ref('rfm_history') }} as h
left join {{ ref('orders') }} as o
    on h.person_id = o.person_id and o.is_order
where o.person_id is null
