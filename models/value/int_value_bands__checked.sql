-- The bands of the matrix, checked: a marketer edits them, and rows that leave a customer without a
-- band, or give two, stop the build with one sentence.
with value_bands as (
    select * from {{ ref('value_bands') }}
),

alone as (
    select
        *,
        case
            when band_kind not in ('recency', 'frequency')
                then 'band_kind must be recency or frequency'
            when band_from is null
                then 'band_from must be a whole number'
            when band_to < band_from
                then 'band_to must not be below band_from'
        end as own_problem
    from value_bands
),

placed as (
    select
        *,
        count(own_problem) over () as own_problem_count,
        row_number() over bands as band_number,
        lag(band_to) over bands as previous_to,
        lead(band_from) over bands as next_from
    from alone
    window bands as (
        partition by band_kind
        order by band_from, band
    )
),

-- What a row says by itself comes first: it is why its neighbours do not fit.
judged as (
    select
        *,
        case
            when own_problem_count > 0
                then own_problem
            when band_number = 1 and band_kind = 'recency' and band_from <> 0
                then 'the first band of recency must begin at 0 days'
            when band_number = 1 and band_kind = 'frequency' and band_from <> 1
                then 'the first band of frequency must begin at 1 order day'
            when band_number > 1 and coalesce(band_from <> previous_to + 1, true)
                then 'it must begin one above the end of the band before it'
            when next_from is null and band_to is not null
                then 'the last band must have no end'
        end as problem
    from placed
),

final as (
    select
        band_kind,
        case
            when problem is null then band
            else {{ stop_with(
                "concat('seeds/value_bands.csv: the band ', band, ' of ', band_kind, "
                "' cannot be used: ', problem, '. Correct the row, or take it out.')"
            ) }}
        end as band,
        cast(band_number as bigint) as band_number,
        cast(band_from as bigint) as band_from,
        cast(band_to as bigint) as band_to
    from judged
)

select * from final
