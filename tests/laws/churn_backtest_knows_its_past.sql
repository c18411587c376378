-- A cut-off is predicted by all cut-offs whose outcome was over by then, by nothing else, and for
-- everybody who had bought. At the test cut-off that is the model that is served, so its ROC-AUC is
-- the evaluation's (a sigmoid changes no order), and without a sigmoid its log loss too. A night
-- that fits nothing keeps the backtest of its last fit, of other cut-offs than tonight's: that it
-- predicts the horizon that is asked for is then what is left to hold.
-- If it breaks: a past cut-off was predicted with outcomes that were still open: look at
-- src/stayhouse/churn/backtest.py; if only the stored models are older than their YAML, build
-- `ml_churn_classifiers+`; if the shop's horizon has changed since the last fit, or that one
-- is of a later clock, run `make build`.
with clock as (
    select * from {{ ref('clock') }}
),

churn_labels as (
    select * from {{ ref('churn_labels') }}
    where not is_censored
),

stored as (
    select * from {{ ref('churn_backtest') }}
),

churn_backtest as (
    select s.*
    from stored as s
    inner join clock
        on s.as_of_date = cast(clock.as_of_at as date)
    where {{ is_made_now('churn_backtest') }}
),

churn_evaluation as (
    select * from {{ ref('churn_evaluation') }}
),

judged as (
    select
        cut_off_date,
        cut_off_at,
        count(*) as customer_count
    from churn_labels
    group by cut_off_date, cut_off_at
),

known as (
    select
        j.cut_off_date,
        j.customer_count,
        count(distinct l.cut_off_at) as training_cutoff_count,
        count(*) as training_row_count
    from judged as j
    inner join churn_labels as l
        on j.cut_off_at >= l.outcome_at
    group by j.cut_off_date, j.customer_count
    having count(distinct l.has_churned) = 2
),

classifiers as (
    select distinct classifier from churn_backtest
)

select
    coalesce(c.classifier, b.classifier) as classifier,
    coalesce(k.cut_off_date, b.cut_off_date) as cut_off_date
from known as k
cross join classifiers as c
full outer join churn_backtest as b
    on k.cut_off_date = b.cut_off_date and c.classifier = b.classifier
left join churn_evaluation as e
    on b.classifier = e.classifier and b.cut_off_date = e.cut_off_date and e.split = 'test'
where
    k.cut_off_date is null
    or b.cut_off_date is null
    or b.customer_count <> k.customer_count
    or b.training_cutoff_count <> k.training_cutoff_count
    or b.training_row_count <> k.training_row_count
    or b.is_chosen_later = (b.split = 'test')
    or (b.split = 'test' and e.classifier is null)
    or abs(b.roc_auc - e.roc_auc) > 1e-6
    or (not e.is_calibrated and abs(b.log_loss - e.log_loss) > 1e-6)
union all
select
    s.classifier,
    s.cut_off_date
from stored as s
inner join {{ ref('churn_horizon') }} as h
    on s.horizon_days <> h.horizon_days
union all
select
    s.classifier,
    s.cut_off_date
from stored as s
cross join clock
where s.as_of_date is null or s.as_of_date > cast(clock.as_of_at as date)
