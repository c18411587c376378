-- Every unit that was exposed to an arm by an accepted row is one row of the mart, at the first of
-- its instants, and the mart holds no other. A customer that is exposed is a person, and what the
-- plan does not know is nobody.
-- If it breaks: look at models/core/outreach/exposures.sql: which exposure counts, whom it is laid
-- to, and what staging rejected.
with landed as (
    {{ union_sources('exposures') }}
),

ordered as (
    select
        source_name,
        experiment_id,
        lower(arm) as arm,
        unit_id,
        exposed_at,
        row_number() over (
            partition by source_name, experiment_id, lower(arm), unit_id order by exposed_at
        ) as place
    from landed
    where reason_code is null
),

unit_kinds as (
    select distinct
        source_name,
        experiment_id,
        unit_kind
    from {{ ref('experiments') }}
),

kinds as (
    select
        source_name,
        experiment_id,
        case when count(*) = 1 then min(unit_kind) end as unit_kind
    from unit_kinds
    group by source_name, experiment_id
),

expected as (
    select
        o.source_name,
        o.experiment_id,
        o.arm,
        o.unit_id,
        o.exposed_at,
        case
            when k.unit_kind = 'customer' then concat('c:', o.source_name, ':', o.unit_id)
            when k.unit_kind = 'visitor' then 'somebody or nobody'
        end as person_id
    from ordered as o
    left join kinds as k
        on o.source_name = k.source_name and o.experiment_id = k.experiment_id
    where o.place = 1
),

exposures as (
    select
        e.source_name,
        e.experiment_id,
        lower(e.arm) as arm,
        e.unit_id,
        e.exposed_at,
        case when k.unit_kind = 'visitor' then 'somebody or nobody' else e.person_id end
            as person_id
    from {{ ref('exposures') }} as e
    left join kinds as k
        on e.source_name = k.source_name and e.experiment_id = k.experiment_id
)

{{ differences(
    'expected',
    'exposures',
    by=['source_name', 'experiment_id', 'arm', 'unit_id'],
    of=['exposed_at', 'person_id']
) }}
