"""Offences against what code says: SQL and Python."""

from tests.architecture import python, sql
from tests.architecture.planting import GOOD_SQL, Neighbour, Offence, file, model, model_sql

X = "models/retention/x.sql"
DOOR = "python_models/churn/ml_x.py"
IMPORT = "from stayhouse.churn import fit_classifiers\n\n\n"
DEF = "def model(dbt, session):\n"
READ = '    training = dbt.ref("int_churn__training").df()\n'
RETURN = "    return fit_classifiers(training)\n"

# Rule, offence, what its sentence must say.
OFFENCES: list[Offence] = [
    # sql
    (
        sql.state_lives_in_core,
        model_sql(X, "select 1 as a {% if is_incremental() %} where a {% endif %}"),
        [f"{X}:2", "is_incremental", "core"],
    ),
    (sql.state_lives_in_core, model_sql(X, "select * from {{ this }}"), [f"{X}:2", "this"]),
    (
        sql.state_lives_in_core,
        model(X, config={"materialized": "incremental"}),
        [X, "materialized as incremental", "make it a table"],
    ),
    *(
        (
            sql.no_machine_clock_in_sql,
            model_sql(path, f"select {clock} as a"),
            [f"{path}:2", "core.clock"],
        )
        for path, clock in [
            (X, "current_date"),
            (X, "CURRENT_TIMESTAMP"),
            (X, "now()"),
            (X, "today ()"),
            (X, "getdate()"),
            (X, "localtimestamp"),
            (X, "'{{ run_started_at }}'"),
            ("macros/x.sql", "now()"),
            ("tests/laws/x.sql", "current_date"),
            ("analyses/x.sql", "current_date"),
            ("models/retention/x.yml", "now()"),
        ]
    ),
    *(
        (
            sql.vars_are_read_in_macros,
            model_sql(path, "select {{ var('as_of') }} as a"),
            [f"{path}:2", "setting("],
        )
        for path in (X, "macros/x.sql", "macros/engine/x.sql", "tests/laws/x.sql", "analyses/x.sql")
    ),
    *(
        (
            sql.environment_is_read_in_engine_macros,
            file(path, "\n'{{ env_var('HOME') }}'\n"),
            [f"{path}:2", "make it a var"],
        )
        for path in (X, "macros/x.sql", "models/retention/x.yml", "tests/laws/x.sql")
    ),
    *(
        (sql.models_are_portable, model_sql(path, f"select {said} as a"), [f"{path}:2", remedy])
        for path, said, remedy in [
            (X, "epoch_us(a)", "epoch_micros("),
            (X, "EPOCH(a)", "epoch_micros("),
            (X, "datediff('day', a, b)", "days_between("),
            (X, "date_diff('day', a, b)", "days_between("),
            (X, "date_sub('day', a, b)", "add_days("),
            (X, "to_days(3)", "add_days("),
            (X, "unnest(a)", "numbers_up_to("),
            (X, "generate_series(0, 3)", "numbers_up_to("),
            (X, "list_sum(a)", "rows"),
            (X, "struct_pack(a := 1)", "raw_values("),
            (X, "to_json(a)", "raw_values("),
            (X, "regexp_matches(a, 'b')", "matches("),
            (X, "strptime(a, 'b')", "utc_instant("),
            (X, "try_strptime(a, 'b')", "utc_instant("),
            (X, "strftime(a, 'b')", "date_trunc"),
            (X, "isfinite(a)", "utc_instant("),
            (X, "make_timestamp(1)", "make_date"),
            (X, "(select 1 from read_parquet('b'))", "landed("),
            (X, "(select 1 from read_csv('b'))", "landed("),
            (X, "arg_min(a, b)", "min_by"),
            (X, "arg_max(a, b)", "max_by"),
            (X, "quantile_cont(a, 0.5)", "percentile_cont"),
            (X, "dayofweek(a)", "days_between("),
            (X, "log(a)", "log10"),
            (X, "a // 2", "floor_divide("),
            (X, "a::int", "cast("),
            (X, "a ->> 'b'", "macros/engine"),
            (X, "cast(a as varchar)", "string"),
            (X, "a from b, lateral c", "a join to a CTE"),
            (X, "a at time zone 'UTC'", "local_time("),
            (X, "* exclude (b)", "a list of the columns"),
            (X, "{{ add_days('epoch_us(a)', 1) }}", "epoch_micros("),
            ("macros/x.sql", "epoch_us(a)", "epoch_micros("),
        ]
    ),
    (sql.models_end_with_their_last_cte, file(X, "select 1 as a\n"), [X, "no CTE"]),
    (
        sql.models_end_with_their_last_cte,
        file(X, GOOD_SQL.format(body="select 1 as a") + "limit 1\n"),
        [X, "does not end with `select * from final`"],
    ),
    (
        sql.models_end_with_their_last_cte,
        file(X, "with a as (\n    select 1\n),\n\nb as (\n    select 2\n)\n\nselect * from a\n"),
        [X, "`select * from b`"],
    ),
    *(
        (sql.public_models_name_their_columns, model_sql(X, body), [X, "final", "list the columns"])
        for body in (
            "select * from a",
            "select *\n    from a",
            "select a.* from a",
            "select\n        a.*,\n        1 as b\n    from a",
            "select distinct a.*, b.c from a",
        )
    ),
    *(
        (sql.currencies_are_not_mixed, model_sql(path, body), [path, "group by currency"])
        for path in (X, "analyses/x.sql")
        for body in (
            "select sum(native_amount) as a from b",
            "select o, sum(case when a then native_amount else 0 end) as a from b group by o",
            "select sum(c.native_net_sales) as a, max(currency) as currency from b as c",
        )
    ),
    # python
    *(
        (
            python.doors_hold_no_logic,
            file(DOOR, text),
            [f"{DOOR}:{line} ", "move the logic to src/stayhouse"],
        )
        for line, text in [
            (1, DEF + READ + RETURN),
            (1, IMPORT.replace("\n", ", apply_classifiers\n", 1) + DEF + READ + RETURN),
            (1, "from stayhouse.churn import x as y\n" + IMPORT + DEF + READ + RETURN),
            (1, IMPORT.replace("churn", "churn.fit") + DEF + READ + RETURN),
            (1, IMPORT + "def model(dbt):\n" + READ + RETURN),
            (1, "import pandas\n" + IMPORT + DEF + READ + RETURN),
            (4, IMPORT + "LIMIT = 3\n" + DEF + READ + RETURN),
            (6, IMPORT + DEF + READ + "    training = training.dropna()\n" + RETURN),
            (5, IMPORT + DEF + '    t = dbt.ref("a" + "b")\n' + RETURN),
            (6, IMPORT + DEF + READ + "    n = 1 + 1\n" + RETURN),
            (6, IMPORT + DEF + READ + "    for i in []:\n        pass\n" + RETURN),
            (6, IMPORT + DEF + READ + "    if session:\n        return None\n" + RETURN),
            (6, IMPORT + DEF + READ + "    return [fit_classifiers(t) for t in training]\n"),
            (6, IMPORT + DEF + READ + "    return fit_classifiers(lambda: training)\n"),
            (6, IMPORT + DEF + READ + "    return fit_classifiers(training * 2)\n"),
            (6, IMPORT + DEF + READ + "    return fit_classifiers(training).head()\n"),
            (6, IMPORT + DEF + READ + "    return training\n"),
        ]
    ),
    *(
        (python.no_machine_clock_in_texts, file(path, text), [path, "core.clock"])
        for path, text in [
            ("src/stayhouse/x.py", 'pd.Timestamp("now")'),
            ("app/x.py", 'pd.to_datetime("today")'),
            (DOOR, 'np.datetime64("now")'),
        ]
    ),
    *(
        (python.no_fetchone, file(path, "con.execute(q).fetchone()"), [f"{path}:1", "fetchall()"])
        for path in ("src/stayhouse/x.py", "app/x.py", DOOR)
    ),
]

# Rule, the lawful neighbour of an offence.
LAWFUL: list[Neighbour] = [
    (sql.state_lives_in_core, model_sql("models/core/x.sql", "select * from {{ this }}")),
    (sql.state_lives_in_core, file("macros/state/x.sql", "{{ return(this) }}")),
    (sql.state_lives_in_core, model("models/core/x.sql", config={"materialized": "incremental"})),
    (sql.state_lives_in_core, model_sql(X, "select 1 as a -- not is_incremental, not {{ this }}")),
    (sql.state_lives_in_core, file("macros/x.sql", "{{ fail('this is wrong') }}")),
    (sql.no_machine_clock_in_sql, model_sql(X, "select known(a), as_of_at -- never now()")),
    (sql.no_machine_clock_in_sql, file("models/core/x.yml", "As far as known today (UTC).")),
    (sql.vars_are_read_in_macros, model_sql(X, "select variance(a), {{ setting('as_of') }}")),
    (sql.environment_is_read_in_engine_macros, file("macros/engine/x.sql", "{{ env_var('A') }}")),
    (sql.models_are_portable, model_sql("macros/engine/x.sql", "select epoch_us(a) // 2")),
    (sql.models_are_portable, model_sql(X, "select 'https://a::b' as a, {{ epoch_micros('a') }}")),
    (sql.models_are_portable, model_sql(X, "select min_by(a, b), date_trunc('day', c), ln(d)")),
    (sql.models_end_with_their_last_cte, model_sql(X, "select 1 as a")),
    (sql.public_models_name_their_columns, model_sql(X, "select count(*) as a, b * c as d from e")),
    (sql.public_models_name_their_columns, model_sql("models/core/int_x.sql", "select * from a")),
    *(
        (sql.currencies_are_not_mixed, model_sql(X, body))
        for body in (
            "select currency, sum(native_amount) as a from b group by currency",
            "select sum(native_amount) as a, count(distinct m.currency) as c from m group by o",
            "select o, sum(native_amount), min(m.currency) = max(m.currency) from m group by o",
            "select sum(native_amount) over (partition by o, currency) as a from b",
            "select sum(amount) as a, max(native_amount) as b from c",
        )
    ),
    (python.doors_hold_no_logic, file(DOOR, '"""Why."""\n\n' + IMPORT + DEF + READ + RETURN)),
    (python.no_machine_clock_in_texts, file("src/stayhouse/x.py", 'pd.Timestamp("2024-01-01")')),
    (python.no_fetchone, file("src/stayhouse/x.py", "con.execute(q).fetchall()")),
]
