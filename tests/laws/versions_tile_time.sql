-- The versions of an order, a customer or a product follow each other without gap or overlap, in
-- the order of their numbers; the last one, and no other, is current; and each thing that has a
-- current row has versions.
-- If it breaks: look at known_at and the order of versions in the model that is named: two versions
-- of one instant, or one that repeats the one before.
{%- set things = {'order': 'orders', 'customer': 'customers', 'product': 'products'} %}
with versions as (
    {%- for thing in things %}
    select
        '{{ thing }}' as thing,
        source_name,
        {{ thing }}_id as thing_id,
        version_number,
        is_current,
        valid_from,
        valid_to
    from {{ ref(thing ~ '_versions') }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

current_rows as (
    {%- for thing, mart in things.items() %}
    select
        '{{ thing }}' as thing,
        source_name,
        {{ thing }}_id as thing_id
    from {{ ref(mart) }}
    {{ 'where has_profile' if thing == 'customer' }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

followed as (
    select
        *,
        lead(valid_from) over (
            partition by thing, source_name, thing_id order by version_number
        ) as next_from
    from versions
),

current_versions as (
    select * from versions
    where is_current
),

broken as (
    select
        thing,
        source_name,
        thing_id,
        version_number
    from followed
    where
        valid_from > valid_to
        or valid_to <> coalesce(next_from, timestamp '9999-12-31 00:00:00')
        or is_current <> (next_from is null)
)

select
    thing,
    source_name,
    thing_id,
    version_number
from broken
union all
select
    coalesce(c.thing, v.thing) as thing,
    coalesce(c.source_name, v.source_name) as source_name,
    coalesce(c.thing_id, v.thing_id) as thing_id,
    v.version_number
from current_rows as c
full outer join current_versions as v
    on c.thing = v.thing and c.source_name = v.source_name and c.thing_id = v.thing_id
where c.thing_id is null or v.thing_id is null
