{#- The loads of events that a state model has not taken yet, as literals, so that a daily build
    reads no more of the history than it must. `after`: the last load taken. `touch_from` and
    `touch_until`: a session that a new event can touch ends and starts between these instants. -#}
{% macro loads_to_take(events) -%}
    {%- set new = {'after': 0, 'touch_from': "timestamp '0001-01-01'", 'touch_until': "timestamp '9999-12-31'"} -%}
    {%- if is_incremental() -%}
        {%- do new.update({'after': last_load_taken()}) -%}
        {%- if is_running() -%}
            {%- set found = run_query(
                'select min(occurred_at), max(occurred_at) from ' ~ events ~ ' where load_id > ' ~ new.after
                ~ " and disposition = 'accepted'"
            ).rows[0] -%}
            {%- if found[0] is not none -%}
                {%- set gap = modules.datetime.timedelta(seconds=setting('session_gap_seconds') | int) -%}
                {%- do new.update({
                    'touch_from': "timestamp '" ~ (found[0] - gap) ~ "'",
                    'touch_until': "timestamp '" ~ (found[1] + gap) ~ "'",
                }) -%}
            {%- endif -%}
        {%- endif -%}
    {%- endif -%}
    {{ return(new) }}
{%- endmacro %}
