{#- The columns that every staging model carries beside its canonical ones: where the row came
    from, what its text hashed to, why it is rejected (null = it is not), and how it read. -#}
{% macro landing_columns() -%}
    {{ return({
        'source_name': 'varchar', 'row_hash': 'bigint', 'reason_code': 'varchar',
        'raw_values': 'varchar', 'batch_id': 'bigint', 'landed_row': 'bigint',
        'data_until': 'timestamp',
    }) }}
{%- endmacro %}
