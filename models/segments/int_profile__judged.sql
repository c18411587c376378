-- Whom each rule fits, and of whom it cannot be told since a fact is not known; who breaks a
-- condition has no row.
with int_profile__rules as (
    select * from {{ ref('int_profile__rules') }}
),

int_profile_facts as (
    select * from {{ ref('int_profile_facts') }}
),

-- A column a fact, of words or a number: conditions name theirs.
facts as (
    {%- for column, kind in profile_columns().items() %}
    select
        person_id,
        '{{ column }}' as column_name,
        {%- if kind == 'number' %}
        cast(null as string) as words,
        cast({{ column }} as decimal(38, 4)) as number
        {%- elif kind == 'flag' %}
        case when {{ column }} then 'true' when not {{ column }} then 'false' end as words,
        cast(null as decimal(38, 4)) as number
        {%- else %}
        {{ column }} as words,
        cast(null as decimal(38, 4)) as number
        {%- endif %}
    from int_profile_facts
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

compared as (
    select
        f.person_id,
        r.rule_name,
        r.condition_count,
        case r.operator
            when 'is_null' then f.words is null and f.number is null
            when 'is_known' then f.words is not null or f.number is not null
            when '=' then coalesce(f.words = r.value, f.number = r.number_value)
            when '!=' then coalesce(f.words <> r.value, f.number <> r.number_value)
            when '<' then f.number < r.number_value
            when '<=' then f.number <= r.number_value
            when '>' then f.number > r.number_value
            when '>=' then f.number >= r.number_value
            when 'between' then f.number >= r.number_value and f.number <= r.number_value_to
            -- A word that holds the bar itself is none of a list.
            when 'in'
                then
                    instr('|' || r.value || '|', '|' || f.words || '|') > 0
                    and instr(f.words, '|') = 0
        end as is_met
    from int_profile__rules as r
    inner join facts as f
        on r.column_name = f.column_name
),

final as (
    select
        person_id,
        rule_name,
        count(is_met) = max(condition_count) as is_met
    from compared
    where is_met or is_met is null
    group by person_id, rule_name
    having count(*) = max(condition_count)
)

select * from final
