{#- Landed text of an id, a code, a number or a time: without surrounding blanks, and null where a
    program wrote that there is no value. Taken as an id, such a word makes one person of all
    guests. They are what SQL (NULL, \N), Python (None, nan, <NA>), JavaScript (undefined, NaN) and
    spreadsheets (N/A, #N/A) write, and people (a dash). Free text may hold one and mean it: `text_value`. -#}
{% macro code_value(text) -%}
    {#- The length is asked first, since it is cheap and most ids are longer. -#}
    case
        when
            length(trim({{ text }})) > 9
            or lower(trim({{ text }})) not in (
                '', '-', '--', 'null', concat(chr(92), 'n'), 'none', 'nan', '<na>', 'undefined',
                'n/a', '#n/a'
            )
            then trim({{ text }})
    end
{%- endmacro %}
