-- How the buyers of each cut-off buy and leave, as far as it knew (docs/definitions.md, section 7).
with ml_bg_nbd_fits as (
    select * from {{ ref('ml_bg_nbd_fits') }}
),

churn_cutoffs as (
    select * from {{ ref('churn_cutoffs') }}
),

final as (
    select
        c.split,
        case when f.is_converged then 'bg_nbd' else 'shrunken_mean' end as fit_method,
        cast(f.customer_count as bigint) as customer_count,
        cast(f.r as double) as r,
        cast(f.alpha as double) as alpha,
        cast(f.a as double) as a,
        cast(f.b as double) as b,
        cast(f.log_likelihood as double) as log_likelihood,
        cast(f.is_converged as boolean) as is_converged,
        c.cut_off_date,
        c.cut_off_at
    from ml_bg_nbd_fits as f
    inner join churn_cutoffs as c
        on f.cut_off_at = c.cut_off_at
)

select * from final
