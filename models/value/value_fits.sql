-- Both models of each cut-off, a row each (docs/definitions.md, section 7).
with ml_value_fits as (
    select * from {{ ref('ml_value_fits') }}
),

cut_offs as (
    select distinct
        split,
        horizon_days,
        cut_off_at
    from {{ ref('int_value__cutoffs') }}
    where is_fitted
),

fitted as (
    select
        'bg_nbd' as model_name,
        cut_off_at,
        customer_count,
        repeat_customer_count,
        r,
        alpha,
        a,
        b,
        cast(null as double) as p,
        cast(null as double) as q,
        cast(null as double) as v,
        log_likelihood,
        cast(null as double) as correlation,
        is_converged,
        case when not is_converged then 'no_convergence' end as fallback_reason
    from ml_value_fits
    union all
    select
        'gamma_gamma' as model_name,
        cut_off_at,
        customer_count,
        repeat_customer_count,
        cast(null as double) as r,
        cast(null as double) as alpha,
        cast(null as double) as a,
        cast(null as double) as b,
        p,
        q,
        v,
        spend_log_likelihood as log_likelihood,
        correlation,
        fallback_reason = '' as is_converged,
        case when fallback_reason <> '' then fallback_reason end as fallback_reason
    from ml_value_fits
),

final as (
    select
        c.split,
        f.model_name,
        case
            when f.fallback_reason is null then f.model_name
            else 'shrunken_mean'
        end as fit_method,
        f.fallback_reason,
        cast(c.horizon_days as bigint) as horizon_days,
        cast(f.customer_count as bigint) as customer_count,
        cast(f.repeat_customer_count as bigint) as repeat_customer_count,
        cast(f.r as double) as r,
        cast(f.alpha as double) as alpha,
        cast(f.a as double) as a,
        cast(f.b as double) as b,
        cast(f.p as double) as p,
        cast(f.q as double) as q,
        cast(f.v as double) as v,
        cast(f.log_likelihood as double) as log_likelihood,
        cast(f.correlation as double) as correlation,
        cast(f.is_converged as boolean) as is_converged,
        cast(f.cut_off_at as date) as cut_off_date,
        f.cut_off_at
    from fitted as f
    inner join cut_offs as c
        on f.cut_off_at = c.cut_off_at
)

select * from final
