-- The rules of the seed, checked: a marketer edits it, and a row that could not be meant stops the
-- build with one sentence. Values are compared, never made part of a query.
{%- set number = '^-?[0-9]{1,18}([.][0-9]{1,4})?$' %}
with profile_rules as (
    select * from {{ ref('profile_rules') }}
),

kinds as (
    {%- for column, kind in profile_columns().items() %}
    select
        '{{ column }}' as column_name,
        '{{ kind }}' as kind
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

age_bands as (
    select * from {{ ref('churn_segment_bands') }}
    where segment_kind = 'age_group'
),

-- How many words a value has, and how many of them are bands of age, the only words of which the
-- house knows all that there can be.
bands as (
    select
        r.rule_name,
        r.condition_number,
        count(b.segment) as known_count
    from profile_rules as r
    left join age_bands as b
        on instr('|' || r.value || '|', '|' || b.segment || '|') > 0
    where r.column_name = 'age_band'
    group by r.rule_name, r.condition_number
),

read as (
    select
        r.*,
        k.kind,
        b.known_count,
        case
            when r.operator = 'in' then length(r.value) - length(replace(r.value, '|', '')) + 1
            else 1
        end as word_count,
        case when {{ matches('r.value', number) }} then try_cast(r.value as decimal(38, 4)) end
            as number_value,
        case
            when {{ matches('r.value_to', number) }} then try_cast(r.value_to as decimal(38, 4))
        end as number_value_to
    from profile_rules as r
    left join kinds as k
        on r.column_name = k.column_name
    left join bands as b
        on r.rule_name = b.rule_name and r.condition_number = b.condition_number
),

judged as (
    select
        *,
        case
            when rule_name is null
                then 'it has no rule_name'
            when condition_number is null
                then 'it has no condition_number'
            when count(*) over (partition by rule_name, condition_number) > 1
                then 'another row of the rule has its condition_number'
            when condition_number not between 1 and count(*) over (partition by rule_name)
                then 'the condition_numbers of a rule run from 1 on without a gap'
            when kind is null
                then concat(
                    'column_name must be one of ',
                    '{{ profile_columns() | join(", ") }}'
                )
            when
                operator is null
                or operator not in (
                    '=', '!=', '<', '<=', '>', '>=', 'between', 'in', 'is_null', 'is_known'
                )
                then 'operator must be =, !=, <, <=, >, >=, between, in, is_null or is_known'
            when operator in ('is_null', 'is_known') and coalesce(value, value_to) is not null
                then concat(operator, ' takes no value')
            when operator in ('is_null', 'is_known')
                then null
            when operator <> 'between' and value_to is not null
                then 'value_to belongs to operator between only'
            when value is null
                then concat(operator, ' needs a value')
            when operator in ('<', '<=', '>', '>=', 'between') and kind <> 'number'
                then concat(operator, ' compares numbers, and ', column_name, ' holds none')
            when operator = 'in' and kind <> 'words'
                then concat('in compares words, and ', column_name, ' holds none')
            when kind = 'number' and number_value is null
                then concat(
                    column_name, ' is a number, and value must be one with at most four decimals, ',
                    'such as 30 or 0.5'
                )
            when operator = 'between' and not coalesce(number_value <= number_value_to, false)
                then 'between needs value and value_to, and value <= value_to'
            when kind = 'flag' and value not in ('true', 'false')
                then concat('value of ', column_name, ' must be true or false')
            when operator = 'in' and instr('|' || value || '|', '||') > 0
                then 'in has an empty word: write one bar between two words, and none at the ends'
            when known_count <> word_count
                then concat(
                    'age_band is one of ',
                    (select {{ joined_words('segment') }} from age_bands)
                )
        end as problem
    from read
),

final as (
    select
        case
            when problem is null then rule_name
            else {{ stop_with(
                "concat('seeds/profile_rules.csv: condition ', "
                "coalesce(cast(condition_number as string), 'without a number'), ' of the rule ', "
                "coalesce(rule_name, 'without a name'), ' cannot be used: ', problem, "
                "'. Correct the row, or take it out.')"
            ) }}
        end as rule_name,
        condition_number,
        count(*) over (partition by rule_name) as condition_count,
        column_name,
        operator,
        value,
        number_value,
        number_value_to
    from judged
)

select * from final
