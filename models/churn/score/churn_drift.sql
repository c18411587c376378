-- Has the population moved away from the one that the classifiers learned from? The population
-- stability index of each feature and score: the sum over bins of (a - e) ln(a / e), where e and a
-- are the bin's shares then and now (Siddiqi, Credit Risk Scorecards, 2006: below .1 stable, above
-- .25 a shift). Bins are deciles of the baseline, equal values together, and missing is a bin too.
{%- set floor_share = '0.0001' %}
{%- set tenths = [1, 2, 3, 4, 5, 6, 7, 8, 9] %}
with int_churn__compared as (
    select * from {{ ref('int_churn__compared') }}
),

-- The tenth of the baseline that a value falls into goes by the number of baseline rows below it:
-- nine values divide the tenths, each the first with so many rows up to it.
known as (
    select
        subject_kind,
        subject,
        observed_value,
        sum(row_count) over (
            partition by subject_kind, subject
            order by observed_value
            rows between unbounded preceding and current row
        ) as upper_count,
        sum(row_count) over (partition by subject_kind, subject) as known_count
    from int_churn__compared
    where is_baseline and observed_value is not null
),

divided as (
    select
        subject_kind,
        subject,
        min(observed_value) as lowest_value,
        {%- for tenth in tenths %}
        min(case when 10 * upper_count >= {{ tenth }} * known_count then observed_value end)
            as value_{{ tenth }},
        {%- endfor %}
        10 * min(upper_count) >= max(known_count) as has_often_the_lowest
    from known
    group by subject_kind, subject
),

-- Where a tenth or more of the baseline has the lowest value (0, often), values below that one are
-- new and get a bin of their own.
placed as (
    select
        c.subject_kind,
        c.subject,
        c.split,
        c.is_baseline,
        c.observed_value,
        c.row_count,
        case
            when c.observed_value is null then 'missing'
            when d.lowest_value is null then 'new'
            when c.observed_value < d.lowest_value and d.has_often_the_lowest then 'below'
            {%- for tenth in tenths | reverse %}
            when c.observed_value > d.value_{{ tenth }} then '{{ tenth }}'
            {%- endfor %}
            else '0'
        end as bin
    from int_churn__compared as c
    left join divided as d
        on c.subject_kind = d.subject_kind and c.subject = d.subject
),

binned as (
    select
        subject_kind,
        subject,
        split,
        is_baseline,
        bin,
        sum(row_count) as row_count,
        -- Decimals, since a sum of floats depends on the order in which threads add them up.
        sum(try_cast(observed_value as decimal(38, 6)) * row_count) as value_sum
    from placed
    group by subject_kind, subject, split, is_baseline, bin
),

totals as (
    select
        subject_kind,
        subject,
        split,
        is_baseline,
        sum(row_count) as row_count,
        sum(case when bin = 'missing' then row_count else 0 end) as missing_count,
        cast(sum(value_sum) as double)
        / sum(case when bin <> 'missing' then row_count end) as mean_value
    from binned
    group by subject_kind, subject, split, is_baseline
),

comparisons as (
    select
        n.subject_kind,
        n.subject,
        t.split as baseline_split,
        n.split as compared_split,
        t.row_count as baseline_count,
        n.row_count as compared_count,
        t.missing_count as baseline_missing_count,
        n.missing_count as compared_missing_count,
        t.mean_value as baseline_mean,
        n.mean_value as compared_mean
    from totals as n
    inner join totals as t
        on n.subject_kind = t.subject_kind and n.subject = t.subject and t.is_baseline
    where not n.is_baseline
),

bins as (
    select distinct
        subject_kind,
        subject,
        bin
    from binned
),

shares as (
    select
        c.subject_kind,
        c.subject,
        c.compared_split,
        b.bin,
        coalesce(e.row_count, 0) > 0 as is_in_baseline,
        -- A bin that is empty on one side would make the index infinite.
        greatest(
            cast(coalesce(e.row_count, 0) as double) / c.baseline_count, {{ floor_share }}
        ) as expected_share,
        greatest(
            cast(coalesce(a.row_count, 0) as double) / c.compared_count, {{ floor_share }}
        ) as actual_share
    from comparisons as c
    inner join bins as b
        on c.subject_kind = b.subject_kind and c.subject = b.subject
    left join binned as e
        on
            c.subject_kind = e.subject_kind
            and c.subject = e.subject
            and c.baseline_split = e.split
            and b.bin = e.bin
    left join binned as a
        on
            c.subject_kind = a.subject_kind
            and c.subject = a.subject
            and c.compared_split = a.split
            and b.bin = a.bin
),

indexed as (
    select
        subject_kind,
        subject,
        compared_split,
        count(case when is_in_baseline then 1 end) as bin_count,
        cast(sum(cast(
            (actual_share - expected_share) * ln(actual_share / expected_share) as decimal(18, 12)
        )) as double) as psi
    from shares
    group by subject_kind, subject, compared_split
),

final as (
    select
        c.subject_kind,
        c.subject,
        c.baseline_split,
        c.compared_split,
        case
            when i.psi < 0.1 then 'stable'
            when i.psi <= 0.25 then 'watch'
            else 'drift'
        end as drift_band,
        i.bin_count,
        cast(c.baseline_count as bigint) as baseline_count,
        cast(c.compared_count as bigint) as compared_count,
        i.psi,
        cast(c.baseline_missing_count as double) / c.baseline_count as baseline_missing_share,
        cast(c.compared_missing_count as double) / c.compared_count as compared_missing_share,
        c.baseline_mean,
        c.compared_mean
    from comparisons as c
    inner join indexed as i
        on
            c.subject_kind = i.subject_kind
            and c.subject = i.subject
            and c.compared_split = i.compared_split
)

select * from final
