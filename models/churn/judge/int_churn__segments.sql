-- Whom the classifiers are judged on at the test cut-off, by what was known of them then: each
-- customer once in every kind of segment. What nobody knew is a segment of its own.
with customer_snapshots as (
    select * from {{ ref('customer_snapshots') }}
    where split = 'test'
),

customer_versions as (
    select * from {{ ref('customer_versions') }}
),

churn_segment_bands as (
    select * from {{ ref('churn_segment_bands') }}
),

churn_readiness as (
    select * from {{ ref('churn_readiness') }}
),

profiles as (
    select
        *,
        {{ person_id('source_name', 'customer_id', 'cast(null as string)') }} as person_id
    from customer_versions
),

known as (
    select
        s.person_id,
        s.source_name,
        p.gender,
        p.country,
        year(s.cut_off_date) - p.birth_year as age,
        s.tenure_days,
        s.purchase_count
    from customer_snapshots as s
    cross join churn_readiness as r
    left join profiles as p
        on
            s.person_id = p.person_id
            and s.cut_off_at > p.valid_from
            and s.cut_off_at <= p.valid_to
    where r.is_ready
),

measured as (
    select
        person_id,
        'age_group' as segment_kind,
        age as measure
    from known
    union all
    select
        person_id,
        'tenure' as segment_kind,
        tenure_days as measure
    from known
    union all
    select
        person_id,
        'purchases' as segment_kind,
        purchase_count as measure
    from known
),

placed as (
    select
        m.person_id,
        m.segment_kind,
        b.segment
    from measured as m
    left join churn_segment_bands as b
        on
            m.segment_kind = b.segment_kind
            and m.measure >= b.band_from
            and m.measure <= coalesce(b.band_to, m.measure)
    union all
    select
        person_id,
        'all' as segment_kind,
        'all' as segment
    from known
    union all
    select
        person_id,
        'source' as segment_kind,
        source_name as segment
    from known
    union all
    select
        person_id,
        'gender' as segment_kind,
        gender as segment
    from known
    union all
    select
        person_id,
        'country' as segment_kind,
        country as segment
    from known
),

final as (
    select
        person_id,
        segment_kind,
        coalesce(segment, 'unknown') as segment
    from placed
)

select * from final
