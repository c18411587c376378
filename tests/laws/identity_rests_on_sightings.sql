-- Each interval begins and is known by a sighting of its person on its visitor; and each sighting
-- lies in an interval of its person, but for two seen at the very same instant, and for buyers by
-- e-mail on a device of a customer.
-- If it breaks: identity_map and identity_sightings are of different rules: look at what makes a
-- new interval in models/core/identity/identity_map.sql.
with intervals as (
    select * from {{ ref('identity_map') }}
),

sightings as (
    select *
    from {{ ref('identity_sightings') }}
    qualify
        customer_id is not null
        or max(customer_id) over (partition by source_name, visitor_id) is null
),

baseless as (
    select
        i.source_name,
        i.visitor_id,
        i.person_id,
        i.first_seen_at as seen_at
    from intervals as i
    where not exists (
        select s.person_id
        from sightings as s
        where
            i.source_name = s.source_name
            and i.visitor_id = s.visitor_id
            and i.person_id = s.person_id
            and i.first_seen_at = s.seen_at
            and i.known_at <= s.known_at
    )
),

forgotten as (
    select
        s.source_name,
        s.visitor_id,
        s.person_id,
        s.seen_at
    from sightings as s
    where
        not exists (
            select i.person_id
            from intervals as i
            where
                s.source_name = i.source_name
                and s.visitor_id = i.visitor_id
                and s.person_id = i.person_id
                and s.seen_at >= i.valid_from
                and s.seen_at < i.valid_to
        )
        and not exists (
            select o.person_id
            from sightings as o
            where
                s.source_name = o.source_name
                and s.visitor_id = o.visitor_id
                and s.seen_at = o.seen_at
                and s.person_id <> o.person_id
        )
)

select * from baseless
union all
select * from forgotten
