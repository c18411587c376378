"""What engines write or mean differently, and how a model says it instead.

A macro named here lies in macros/engine. Where none fits, add one there with a ``duckdb__`` and a
``spark__`` side. Both engines have min_by, max_by, bool_or, qualify, md5, concat_ws, try_cast,
year, month, date_trunc, make_date, greatest and least.
"""

_NEW_MACRO = "a macro of macros/engine with a duckdb__ and a spark__ side"


def _call(names: str) -> str:
    return rf"(?<![\w.])(?:{names})\s*\("


# Pattern of the call -> what to use.
ENGINE_FUNCTIONS = {
    _call("epoch|epoch_us|epoch_ms|epoch_ns|unix_micros"): "{{ epoch_micros(instant) }}",
    _call("datediff|date_diff|datesub|age"): "{{ days_between(from_date, to_date) }}",
    _call("date_add|date_sub|dateadd|to_days|to_hours|to_minutes|to_seconds|make_interval"): (
        "{{ add_days(value, days) }}"
    ),
    _call("unnest|explode|generate_series|sequence|range"): "{{ numbers_up_to(last) }}",
    _call("regexp_matches|regexp_like|regexp_full_match"): "{{ matches(text, pattern) }}",
    _call("regexp_replace|regexp_extract|regexp_extract_all"): _NEW_MACRO,
    _call("strptime|try_strptime|to_timestamp|timezone"): "{{ utc_instant(text) }}",
    _call("isfinite|isinf"): "{{ utc_instant(text) }}, which is null for what is not finite",
    _call("strftime|date_format"): "date_trunc, or a cast to date",
    _call("make_timestamp|make_timestamptz"): "make_date, or a literal",
    _call("read_parquet|read_csv|read_csv_auto|read_json|read_json_auto|glob"): (
        "{{ landed(source, table) }} in staging"
    ),
    _call(
        r"to_json|json_\w+|get_json_object|struct_pack|named_struct"
    ): "{{ raw_values(columns) }} to write and {{ text_in_json(text, path) }} to read",
    _call(r"list|list_\w+|array_\w+|collect_list|string_agg|group_concat"): (
        "rows, with a window or a join, not lists"
    ),
    _call("arg_min|argmin"): "min_by",
    _call("arg_max|argmax"): "max_by",
    _call("quantile|quantile_cont|quantile_disc|approx_quantile"): (
        "percentile_cont(…) within group (order by …)"
    ),
    # DuckDB counts from Sunday = 0, Spark from Sunday = 1 or Monday = 0.
    _call("dayofweek|weekday|isodow"): "{{ days_between(\"date '1969-12-29'\", day) }} % 7",
    # The logarithm to base 10 on DuckDB, to base e on Spark.
    _call("log"): "ln or log10",
    # The engines' own hashes differ.
    _call("hash|xxhash64|sha256|sha2"): "{{ row_hash(columns) }} or md5",
    _call("starts_with|startswith|ends_with|endswith"): "like",
    # Spark's varchar has a length.
    r"\bas\s+varchar\b": "string, the same type on DuckDB",
    r"\blateral\b": "a join to a CTE",
    r"\bat\s+time\s+zone\b": "{{ local_time(instant) }} or {{ utc_from_local(text, time_zone) }}",
    r"\basof\s+(?:left\s+)?join\b": "a join on the range, with qualify row_number()",
    r"\bunion\s+(?:all\s+)?by\s+name\b": "union all, with the columns listed",
    r"\*\s*(?:exclude|replace|except)\s*\(": "a list of the columns",
}

# Looked for outside of quoted text, where they would mean nothing.
ENGINE_OPERATORS = {
    r"//": "{{ floor_divide(dividend, divisor) }}",
    r"::": "cast(… as …) or try_cast(… as …)",
    r"->>?": "{{ text_in_json(text, path) }} of macros/engine",
}
