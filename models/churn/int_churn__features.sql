-- What the columns of customer_snapshots mean, out of their YAML.
with final as (
    {%- for feature, family, unit in snapshot_features() %}
    select
        '{{ feature }}' as feature,
        '{{ family }}' as family,
        '{{ unit }}' as unit
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- else %}
    select
        cast(null as varchar) as feature,
        cast(null as varchar) as family,
        cast(null as varchar) as unit
    where false
    {%- endfor %}
)

select * from final
