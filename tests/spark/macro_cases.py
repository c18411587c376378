"""Every macro of macros/engine with two sides, on values at the edges, as queries.

A case is Jinja of this project. It reads the inputs by name, and its first column says which row
an answer belongs to.
"""

# Relations that the cases read, in DuckDB's SQL.
INPUTS = {
    "instants": """
        select id, cast(instant as timestamp) as instant, days
        from (values
            (1, '2024-03-31 00:59:59.999999', 1), (2, '2024-03-31 01:00:00', -1),
            (3, '2024-10-27 00:30:00', 0), (4, '2024-10-27 01:30:00', 366),
            (5, '2024-02-29 00:00:00', 365), (6, '2023-02-28 23:59:59.000001', 1),
            (7, '2024-01-31 12:00:00', 30), (8, '1969-12-31 23:59:59.999999', -400),
            (9, '1970-06-01 00:00:00', 19000), (10, null, 1), (11, '2024-05-01 00:00:00', null),
            (12, '2099-12-31 23:30:00', 1), (13, '0001-01-01 00:00:00', 0),
            (14, '9999-12-31 23:59:59.999999', 0), (15, '2000-02-29 08:15:00.5', -1)
        ) as t(id, instant, days)""",
    "spans": """
        select id, cast(first_day as date) as first_day, cast(last_day as date) as last_day
        from (values
            (1, '2024-02-28', '2024-03-01'), (2, '2023-02-28', '2023-03-01'),
            (3, '2024-03-30', '2024-04-01'), (4, '2024-10-28', '2024-10-26'),
            (5, '2024-01-01', '2024-01-01'), (6, '1969-12-29', '2024-06-01'),
            (7, '0001-01-01', '9999-12-31'), (8, null, '2024-01-01'), (9, '2024-01-01', null)
        ) as t(id, first_day, last_day)""",
    "numbers": """
        select id, cast(dividend as bigint) as dividend, cast(divisor as bigint) as divisor
        from (values
            (1, 0, 7), (2, 6, 7), (3, 7, 7), (4, 13, 7), (5, 86399999999, 86400000000),
            (6, 86400000000, 86400000000), (7, 9223372036854775807, 2), (8, 1, 2), (9, 3, 2),
            (10, null, 2), (11, 5, null)
        ) as t(id, dividend, divisor)""",
    "lasts": """
        select id, cast(last as bigint) as last
        from (values (1, 0), (2, 1), (3, 4), (4, -1), (5, -3), (6, null)) as t(id, last)""",
    "texts": """
        select row_number() over () as id, text, pattern
        from (values
            ('', ''), ('', '^$'), (null, 'a'), ('a', null), ('Googlebot/2.1', '(?i)bot'),
            ('Mozilla/5.0 (X11)', '[.]0 [(]'), ('12.0', '^[+-]?[0-9]+([.]0*)?$'),
            ('1a5', '1.5'), ('1.5', '1\\.5'), ('a1', '^\\d'), ('1a', '^\\d\\w$'),
            ('die Größe', 'ö'), ('评论', '^评'), ('a' || chr(10) || 'b', 'a.b'),
            ('a' || chr(10) || 'b', '^b'), ('٣', '\\d'), ('a b', 'a\\sb')
        ) as t(text, pattern)""",
    "free_texts": """
        select row_number() over () as id, text
        from (values
            (null), (''), ('nothing here, 12 of 100'), ('write to ann.lee+x@mail.example.co.uk!'),
            ('ann%40example.com and bob@example.org'), ('@ alone, a@b, x@y.z'),
            ('call +44 20 7946 0958 now'), ('0044 (0)20-7946 0958'), ('020 7946 0958'),
            ('0171/123 45 67'), ('(555) 123-4567, or 555.123.4567x'), ('order 5551234567890123'),
            ('电话13812345678。'), ('电话 13812345678'), ('a13812345678'), ('é13812345678'),
            ('"\\u8bdd13812345678"'), ('call 电话0044 20 7946 0958'), ('é020 7946 0958'),
            ('评论ann@example.com评论'), ('2024-05-01 10:00:00'), ('price 1,234.50 $1 [email]'),
            ('{"phone": "+1 555-123-4567", "mail": "a@b.co"}'), ('%2B44 20 7946 0958'),
            ('020 7946 0958é'), ('555-123-4567号'), ('+44 20 7946 0958' || chr(10) || 'a@b.org')
        ) as t(text)""",
    "json_entries": """
        select row_number() over () as id, text
        from (values
            ('[{"key": "a", "value": {"int_value": "7"}},
               {"key": "b", "value": {"double_value": 0.5}}]'),
            ('[{"key": "a", "value": {"string_value": "x", "int_value": 1}}]'),
            ('[{"key": "a", "value": {"int_value": 1}}, {"key": "a", "value": {"int_value": 2}}]'),
            ('[{"key": "a", "value": null}, {"key": "b"}, {}]'), ('[]'), ('[{"key": "a"'),
            (''), (null)
        ) as t(text)""",
    "json_texts": """
        select row_number() over () as id, text
        from (values
            (null), (''), ('{}'), ('[]'), ('null'), ('[{"id": "a", "n": 1}]'), ('[{"id": 7}]'),
            ('[{"id": null}]'), ('[{"id": true}]'), ('[{"id": 1.50}]'), ('[{"id": 1e3}]'),
            ('[{"id": ""}]'), ('[{"id": "é 评 \\u00e9 \\n \\" \\/"}]'), ('[{"ID": "x"}]'),
            ('[{"id": {"b": 1, "a": [1, 2]}}]'), ('[{"id": [1, 2]}]'), ('{"id": "of an object"}'),
            ('[{"id": "a"}'), ('[{"id": "a"}] and more'), ('[{"id": "a"}, '),
            ('not json'), ('[{''id'': "a"}]'), ('[{id: "a"}]'), ('[{"id": "a"}, {"id": "b"}]'),
            ('[{"id": 12345678901234567890}]'), ('[{"x": 1}, {"id": "b"}]')
        ) as t(text)""",
    "json_lists": """
        select row_number() over () as id, text
        from (values
            (null), ('[]'), ('[{"name": "a", "is_kept": true, "share": 0.25, "count": 3}]'),
            ('[{"name": "a"}, {"share": 1, "name": null}, {}]'), ('[{"count": 0, "other": 1}]'),
            ('[{"name": "a \\"b\\" é 评", "is_kept": false, "share": -1.5e-3}]')
        ) as t(text)""",
    "keys": """
        select row_number() over () as id, text
        from (values (null), (''), ('a'), ('ann@example.com'), ('评论'), ('0'), (' a '), ('A'))
        as t(text)""",
    "bytes": """
        select row_number() over () as id, bytes
        from (values (null), (cast('' as blob)), (encode('plain')), (encode('é 评 😀')),
        (encode('{"a": [1.5]}'))) as t(bytes)""",
    "times": """
        select row_number() over () as id, text
        from (values
            (null), (''), (' '), ('2024-06-01 12:30:00'), ('2024-06-01T12:30:00'),
            ('2024-06-01 12:30'), ('2024-06-01'), ('2024-06-01 12'), ('2024-06'), ('2024'),
            ('12:30:00'), ('2024-03-31 00:59:59.999999'), ('2024-03-31 01:00:00'),
            ('2024-03-31 01:30:00'), ('2024-03-31 02:00:00'), ('2024-10-27 00:59:59'),
            ('2024-10-27 01:30:00'), ('2024-10-27 02:00:00'), ('2024-02-29 00:00:00'),
            ('2023-02-29 00:00:00'), ('2024-13-01'), ('2024-06-31'),
            ('2024-06-01 12:30:60'), ('2024-06-01 12:30:00.5'), ('2024-06-01 12:30:00.123456'),
            ('2024-06-01 12:30:00.1234567'), ('2024-06-01 12:30:00Z'), ('2024-06-01T12:30:00.25Z'),
            ('2024-06-01 12:30:00+02:00'), ('2024-06-01 12:30:00+02'), ('2024-06-01 12:30:00-0530'),
            ('2024-06-01T23:30:00+14:00'), ('2024-06-01 00:30:00-11:00'), ('2024-06-01 UTC'),
            ('2024-06-01 12:30:00 UTC'), ('2024-06-01 12:30:00 Asia/Shanghai'),
            ('infinity'), ('-infinity'), ('now'), ('today'),
            ('1717245000'), ('20240601'), ('01/06/2024'), ('2024-6-1'),
            ('2024-6-1 1:2:3'), (' 2024-06-01 12:30:00 '),
            ('1969-12-31 23:59:59.999999'), ('0001-01-01'), ('9999-12-31 23:59:59'),
            ('10000-01-01'), ('-0044-03-15'), ('T12:30:00'), ('2024-06-01T'), ('+2024-06-01'),
            ('2024-06-01 24:00:00'), ('2024/06/01 12:30:00'), ('epoch'), ('24-06-01'),
            ('2024-01-01 12:30:00 PM'), ('2024-06-01 12:30:00+14'), ('2024-06-01 12:30:00+14:01'),
            ('2024-06-01 12:30:00+25:00'), ('2024-06-01 12:30:00-13:59'),
            ('2024-06-01 12:30:00+02:75'), ('2024-06-01 12:30:00+02:00:30'),
            ('2024-06-01 12:30:00 +0000'), ('2024-06-01 12:30:00 -0530'),
            ('2024-06-01 12:30:00.5 +14'), ('2024-06-01 12:30:00  +00'), ('2024-06-01 +0000'),
            ('2024-06-01 12:30:00.Z'), ('2024-06-01 (BC)'), ('0000-01-01')
        ) as t(text)""",
    "amounts": """
        select row_number() over () as id, text
        from (values
            (null), (''), ('12'), (' 12.5 '), ('+5'), ('-.5'), ('7.'), ('.'), ('-'), ('1,249.00'),
            ('1_000'), ('1e3'), ('1 000'), ('0x10'), ('NaN'), ('0.1234'), ('0.12345'),
            ('0.12340000'), ('0.12345678'), ('0.123456789'), ('0.00004'), ('999999999999.9999'),
            ('999999999999.99999999'), ('1000000000000'), ('000000000000000012'), ('-999999999999')
        ) as t(text)""",
    "said": """
        select row_number() over () as id, text
        from (values
            (null), (''), (' '), ('c1'), (' c1 '), ('NULL'), ('null'), (' None '), ('\\N'), ('\\n'),
            ('N'), ('NaN'), ('nan'), ('<NA>'), ('NA'), ('N/A'), ('#N/A'), ('undefined'),
            ('undefined1'), ('Nonesuch'), ('true'), ('T'), ('Yes'), (' y '), ('1'), ('FALSE'),
            ('f'), ('no'), ('N '), ('0'), ('maybe'), ('2'), ('on'), ('1.0'),
            ('00000000000000000000012'), ('12'), (' 12 '), ('12.0'), ('12.5'), ('1_2'), ('1e3'),
            ('0x10'), ('9223372036854775807'), ('9223372036854775808'), ('-3'), ('+3'), ('3.')
        ) as t(text)""",
    "measures": """
        select cast(kind as bigint) as kind, cast(x as double) as x, cast(n as bigint) as n
        from (values
            (1, 1.5, 1), (1, 2.5, 2), (1, 3.5, 2), (1, 4.5, 3), (2, -1, -5), (3, null, null),
            (4, 0, 0), (4, null, 7), (4, 10, 7), (5, 1, 1), (5, 2, 2), (5, 3, 3), (5, 4, 4),
            (5, 5, 5), (5, 6, 6), (5, 7, 7), (5, 8, 8), (5, 9, 9), (5, 10, 10)
        ) as t(kind, x, n)""",
}

CASES = {
    "add_days": """
        select id, {{ add_days('instant', 'days') }} as later,
            {{ add_days('cast(instant as date)', 'days', 'date') }} as later_day,
            {{ add_days('instant', -1) }} as earlier
        from instants""",
    "bucket": """
        select id, {{ bucket("'global_holdout'", 'text') }} as held_out,
            {{ bucket("'autumn'", "concat('c', id)") }} as of_number
        from keys""",
    "boolean_value": "select id, {{ boolean_value('text') }} as is_so from said",
    "code_value": "select id, {{ code_value('text') }} as code from said",
    "days_between": """
        select id, {{ days_between('first_day', 'last_day') }} as days from spans""",
    "entries_in_json": """
        select id, {{ entry(entries_in_json('text'), 'a') }} as of_a,
            {{ entry(entries_in_json('text'), 'b') }} as of_b
        from json_entries""",
    "entry": """
        select id, {{ entry(entries_in_json('text'), 'none') }} as of_none from json_entries""",
    "epoch_micros": """
        select id, {{ epoch_micros('instant') }} as micros from instants""",
    "exact_decimal": """
        select id, {{ exact_decimal('text') }} as amount,
            {{ exact_decimal('text', scale=8) }} as price
        from amounts""",
    "folded_text": """
        select id, {{ folded_text("'  '") }} as blank,
            {{ folded_text("concat(' A ', coalesce(text, ''), chr(9), chr(10), 'b ')") }} as folded
        from texts""",
    "floor_divide": """
        select id, {{ floor_divide('dividend', 'divisor') }} as quotient,
            {{ floor_divide('dividend + 1 - 1', 7) }} as of_a_sum
        from numbers where dividend < 9223372036854775807 or dividend is null
        union all
        select id, {{ floor_divide('dividend', 'divisor') }}, 0 from numbers where id = 7""",
    "field_in_json": """
        select id, {{ field_in_json('text', "concat('i', 'd')") }} as of_name from json_texts
        where text like '{' || '%}'""",
    "lenient_decimal": "select id, {{ lenient_decimal('text') }} as amount from free_texts",
    "local_time": """
        select id, {{ local_time('instant') }} as wall_clock,
            {{ local_day('instant') }} as local_day
        from instants""",
    "local_time_in": """
        select id, {{ local_time_in('instant', "case id % 3 when 0 then 'America/New_York' "
            ~ "when 1 then 'Nowhere' end") }} as wall_clock
        from instants""",
    "matches": """
        select id, {{ matches_column('text', 'pattern') }} as by_column,
            {{ matches('text', '^[+-]?[0-9]+([.]0*)?$') }} as by_class,
            {{ matches('text', '1\\.5') }} as by_escape
        from texts""",
    "joined_words": """
        select {{ joined_words('word') }} as words
        from (values ('b c'), ('10'), ('a')) as t(word)""",
    "nth_of": """
        select kind, {{ nth_of(quantiles('x', [0.5, 1]), 1) }} as first_one,
            {{ nth_of(quantiles('x', [0.5, 1]), 2) }} as second_one
        from measures group by kind""",
    "numbers_up_to": """
        select id, {{ numbers_up_to('last') }} as number from lasts
        union all select 7, {{ numbers_up_to(2) }}
        union all select 8, {{ numbers_up_to('1 - 2') }}""",
    "quantiles": """
        select kind,
            {{ quantiles('x', [0, 0.1, 0.25, 0.5, 0.7, 0.75, 0.8, 0.9, 1]) }} as of_doubles,
            {{ quantiles('n', [0, 0.1, 0.3, 0.5, 0.6, 0.9, 1]) }} as of_whole
        from measures group by kind""",
    "instant_of_micros": """
        select id, {{ instant_of_micros('text') }} as instant
        from (values
            (1, '1711839599123456'), (2, '0'), (3, '99999999999999999'), (4, '100000000000000000'),
            (5, '-1'), (6, ''), (7, null), (8, '1711839599.5'), (9, 'soon')
        ) as t(id, text)""",
    "instant_of_column": """
        select id, {{ instant_of_column('instant', 'timestamp') }} as of_timestamp,
            {{ instant_of_column('cast(instant as date)', 'date') }} as of_date
        from instants""",
    "one_form": """
        select id, {{ one_form('text') }} as one_form
        from (values
            (1, '7.0'), (2, '-7.0'), (3, '0.0'), (4, '007.0'), (5, '7.00'), (6, 'v7.0'), (7, ''),
            (8, null), (9, '7.0' || chr(10))
        ) as t(id, text)""",
    "session_time_zone": "select 1 as id, {{ session_time_zone() }} as zone",
    "text_of_column": """
        select id, {{ text_of_column('instant', 'timestamp') }} as instant,
            {{ text_of_column('days', 'int') }} as days,
            {{ text_of_column('cast(instant as date)', 'date') }} as day,
            {{ text_of_column('cast(days as decimal(18, 4))', 'decimal(18,4)') }} as amount,
            {{ text_of_column('days > 0', 'boolean') }} as is_later
        from instants""",
    "redacted": "select id, {{ redacted('text') }} as redacted from free_texts",
    "rows_in_json": """
        select id, {{ rows_in_json('text', {
            'name': 'varchar', 'is_kept': 'boolean', 'share': 'double', 'count': 'bigint'
        }) }} from json_lists""",
    "struct_of": """
        select id, {{ struct_of(['dividend', 'divisor']) }} as both_of_them from numbers""",
    "raw_values": """
        select id, {{ raw_values(['text', 'pattern']) }} as raw_values from texts""",
    "unwritten_values": """
        select id, {{ written_values('held') }} as raw_values
        from (select id, {{ unwritten_values(['text', 'pattern']) }} as held from texts) as t""",
    "written_values": """
        select id, {{ written_values('held') }} as raw_values
        from (select id, {{ raw_values(['text', 'pattern']) }} as held from texts) as t""",
    "text_in_json": """
        select id, {{ text_in_json('text', '$[0].id') }} as of_first,
            {{ text_in_json('text', '$.id') }} as of_object,
            {{ text_in_json('text', '$') }} as whole,
            {{ text_in_json('text', '$[1]') }} as second_one
        from json_texts""",
    "texts_in_json": """
        select id, {{ nth_of(texts_in_json('text', ['$[0].id', '$.id', '$.$of']), 1) }} as of_first,
            {{ nth_of(texts_in_json('text', ['$[0].id', '$.id', '$.$of']), 2) }} as of_object,
            {{ nth_of(texts_in_json('text', ['$[0].id', '$.id', '$.$of']), 3) }} as of_dollar
        from (
            select id, text from json_texts
            union all select 100, '{"id": 1, "$of": "x"}'
        ) as t""",
    "text_key": "select id, {{ text_key('text') }} as text_key from keys",
    "text_literal": r"""
        select 1 as id, {{ text_literal('it\'s "C:\\new\\u0041" {100%}') }} as quoted,
            {{ text_literal(none) }} as missing, {{ text_literal(12) }} as number""",
    "text_of_bytes": "select id, {{ text_of_bytes('bytes') }} as spelled from bytes",
    "utc_from_local": """
        select id, {{ utc_from_local('text', 'Europe/London') }} as of_london,
            {{ utc_from_local('text', 'Asia/Shanghai') }} as of_shanghai,
            {{ utc_from_local('text', 'America/New_York') }} as of_new_york
        from times""",
    "utc_instant": "select id, {{ utc_instant('text') }} as instant from times",
    "whole_number": "select id, {{ whole_number('text') }} as number from said",
}

# Queries that must stop, and with which words.
STOPS = {"stop_with": ("select {{ stop_with(\"concat('no ', 'way')\") }} as never", "no way")}

# Values on which the engines are known to differ: an expression, DuckDB's text, Spark's text.
DIFFERENCES = {
    "a comma ends an object of JSON": (
        "{{ text_in_json(\"'{\\\"id\\\": 1, }'\", '$.id') }}", "1", None,
    ),
    "a line break comes after the end of a pattern": (
        "{{ matches(\"concat('ab', chr(10))\", 'b$') }}", "false", "true",
    ),
    "a pattern ignores the case of a letter that is not English": (
        "{{ matches(\"'É'\", '(?i)é') }}", "true", "false",
    ),
    "a word of a pattern ends at a letter that is not English": (
        "{{ matches(\"'naïve'\", '\\\\bna\\\\b') }}", "true", "false",
    ),
}  # fmt: skip

# What has no case, and why.
WITHOUT_CASE = {
    "content_sum": "is compared only with what the same engine gave",
    "is_staged": "no expression: whether a view is built",
    "landed": "reads a landing folder: the staging models of check_models.py run it",
    "text_of_view": "asks for a view as each engine writes it",
    "landed_lines": "reads a landing folder: int_lines__rejected runs it",
    "landed_batches": "stamps files, which each engine writes in its own way",
    "last_build": "asks for what nobody writes on Spark",
    "build_inputs": "asks DuckDB for files; nothing is published from Spark, whose branch is none",
}
