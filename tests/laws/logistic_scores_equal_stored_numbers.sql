-- Today's scores of the logistic regression, computed here from the numbers in the store, are those
-- that were published, for everybody. `final` scores today.
-- If it breaks: features were filled or scaled otherwise when scoring than when fitting: build
-- ml_churn_classifiers+ anew, then look at src/stayhouse/churn/design.py.
{{ config(group='churn') }}

{%- set certainty = '1e-6' %}

with stored as (
    select {{ text_of_bytes('payload') }} as model_json
    from {{ ref('ml_churn_classifiers') }}
    where classifier = 'logistic_regression' and stage = 'final' and format = 'json'
),

numbers as (
    select
        cast({{ text_in_json('model_json', '$.model.intercept') }} as double) as intercept,
        cast({{ text_in_json('model_json', '$.sigmoid[0]') }} as double) as sigmoid_slope,
        cast({{ text_in_json('model_json', '$.sigmoid[1]') }} as double) as sigmoid_intercept
    from stored
),

terms as (
    select
        {{ rows_in_json(text_in_json('model_json', '$.model.terms'), {
            'feature': 'varchar', 'median': 'double', 'centre': 'double', 'scale': 'double',
            'coefficient': 'double', 'missing_centre': 'double', 'missing_scale': 'double',
            'missing_coefficient': 'double'
        }) }}
    from stored
),

today as (
    select * from {{ ref('customer_snapshots') }}
    where split = 'today'
),

-- One row for each person and feature.
raw_values as (
    {% for feature in snapshot_features() %}
    select
        person_id,
        '{{ feature.name }}' as feature,
        cast({{ feature.name }} as double) as amount
    from today
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

scaled as (
    select
        person_id,
        feature,
        case
            when feature like '%\_probability' escape '\'
                then
                    ln(least(greatest(amount, {{ certainty }}), 1 - {{ certainty }}))
                    - ln(1 - least(greatest(amount, {{ certainty }}), 1 - {{ certainty }}))
            else sign(amount) * ln(1 + abs(amount))
        end as amount
    from raw_values
),

raw_scores as (
    select
        s.person_id,
        sum(
            t.coefficient * (coalesce(s.amount, t.median) - t.centre) / t.scale
            + t.missing_coefficient
            * (case when s.amount is null then 1 else 0 end - t.missing_centre) / t.missing_scale
        ) as log_odds
    from scaled as s
    inner join terms as t
        on s.feature = t.feature
    group by s.person_id
),

raw_probabilities as (
    select
        r.person_id,
        n.sigmoid_slope,
        n.sigmoid_intercept,
        1 / (1 + exp(-(r.log_odds + n.intercept))) as probability
    from raw_scores as r
    cross join numbers as n
),

computed as (
    select
        person_id,
        case
            when sigmoid_slope is null then probability
            else
                1 / (1 + exp(-(
                    sigmoid_intercept + sigmoid_slope * (
                        ln(least(greatest(probability, {{ certainty }}), 1 - {{ certainty }}))
                        - ln(1 - least(greatest(probability, {{ certainty }}), 1 - {{ certainty }}))
                    )
                )))
        end as probability
    from raw_probabilities
),

published as (
    select
        person_id,
        churn_probability
    from {{ ref('churn_scores') }}
    where classifier = 'logistic_regression'
)

-- Where nothing is trained, nobody is computed: there is no number to compute from.
select coalesce(c.person_id, p.person_id) as person_id
from computed as c
full outer join published as p
    on c.person_id = p.person_id
where
    c.person_id is null
    or p.person_id is null
    or abs(c.probability - p.churn_probability) > 1e-9
