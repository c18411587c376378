-- A cut-off at which features have fitted how often people buy has that fit here too, parameter by
-- parameter: nothing is fitted twice. Each cut-off has a row of both models.
-- If it breaks: value.ml_value_fits fitted a cut-off of features.bg_nbd_fits anew, or the two were
-- not built from the same clock: build value.ml_value_fits again.
with value_fits as (
    select * from {{ ref('value_fits') }}
)

select cast(v.cut_off_at as string) as cut_off
from value_fits as v
inner join {{ ref('bg_nbd_fits') }} as f
    on v.cut_off_at = f.cut_off_at
where
    v.model_name = 'bg_nbd'
    and not (v.r = f.r and v.alpha = f.alpha and v.a = f.a and v.b = f.b)
union all
select cast(cut_off_at as string) as cut_off
from value_fits
group by split, cut_off_at
having count(*) <> 2 or min(model_name) <> 'bg_nbd' or max(model_name) <> 'gamma_gamma'
