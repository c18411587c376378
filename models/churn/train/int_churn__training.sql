-- Every snapshot whose outcome is known by the test cut-off, with its label; none where the history
-- does not carry a model. The fit that is judged on validation learns from the `train` rows, the
-- one that is judged on test from all rows.
with int_churn__labelled as (
    select * from {{ ref('int_churn__labelled') }}
),

final as (
    select *
    from int_churn__labelled
    where split in ('train', 'refit', 'validation')
)

select * from final
