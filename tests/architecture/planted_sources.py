"""Offences against sources and macros."""

from tests.architecture import macros, sources
from tests.architecture.planting import Neighbour, Offence, both, edited, file, model, model_sql

X = "models/retention/x.sql"
ORDERS = "models/staging/shop/stg_shop__orders.sql"

# Rule, offence, what its sentence must say.
OFFENCES: list[Offence] = [
    # sources
    *(
        (sources.staging_is_named_by_source, model(path), [path, "stg_shop__<entity>"])
        for path in (
            "models/staging/shop/orders.sql",
            "models/staging/shop/stg_online_retail__x.sql",
        )
    ),
    (
        sources.sources_list_what_lands,
        edited("models/staging/shop/_sources.yml", "{name: page_url}, ", ""),
        ["models/staging/shop/_sources.yml", "does not list page_url", "add it"],
    ),
    (
        sources.sources_list_what_lands,
        edited(
            "models/staging/shop/_sources.yml",
            "{name: page_url}",
            "{name: page_url}, {name: phone}",
        ),
        ["lists phone", "add an alias"],
    ),
    (
        sources.sources_list_what_is_hashed,
        edited("models/staging/shop/_sources.yml", "hashed: [email_hash]", "hashed: [status]"),
        ["models/staging/shop/_sources.yml", "orders", "hashed: [email_hash]"],
    ),
    (
        sources.every_provided_table_is_staged,
        edited("dbt_project.yml", "online_retail: [", "online_retail: [events, "),
        ["dbt_project.yml", "models/staging/online_retail/stg_online_retail__events.sql"],
    ),
    (
        sources.staging_is_canonical,
        edited(ORDERS, "        coupon_code,\n", ""),
        [ORDERS, "lacks coupon_code", "cast(null as string) as coupon_code"],
    ),
    (
        sources.staging_is_canonical,
        edited("macros/sources/staged_facts.sql", "    landed_row,\n", ""),
        ["models/staging/", "lacks landed_row"],
    ),
    *(
        (sources.sources_are_named_at_home_only, plant, [path, f"names the source {source}"])
        for path, source, plant in (
            (X, "online_retail", model_sql(X, "select 'online_retail' as source_name")),
            ("src/x.py", "snowplow", file("src/x.py", "# Snowplow only.\n")),
            (
                "models/core/x.yml",
                "snowplow",
                file("models/core/x.yml", "- input: ref('stg_snowplow__events')\n"),
            ),
            (
                "models/staging/shop/aliases.csv",
                "snowplow",
                file("models/staging/shop/aliases.csv", "events,snowplow,event_id,no,\n"),
            ),
            (
                "dbt_project.yml",
                "snowplow",
                edited("dbt_project.yml", "  as_of: null", "  as_of: null  # of snowplow"),
            ),
        )
    ),
    # macros
    (
        macros.a_macro_has_its_file,
        file("macros/x.sql", "{% macro y() %}1{% endmacro %}"),
        ["macros/x.sql has no macro x", "name the file"],
    ),
    (
        macros.a_macro_has_its_file,
        both(
            file("macros/x.sql", "{% macro x() %}1{% endmacro %}\n{% macro y() %}2{% endmacro %}"),
            file(X, "{{ y() }}"),
        ),
        ["macros/x.sql holds y", X, "file of its name"],
    ),
    (
        macros.engines_are_twins,
        file("macros/engine/x.sql", "{% macro duckdb__x() %}1{% endmacro %}"),
        ["duckdb__x without spark__x"],
    ),
    (
        macros.engines_are_twins,
        file("macros/engine/x.sql", "{% macro spark__x() %}1{% endmacro %}"),
        ["spark__x without duckdb__x"],
    ),
    (
        macros.engines_are_twins,
        file(
            "macros/x.sql",
            "{% macro duckdb__x() %}{% endmacro %}{% macro spark__x() %}{% endmacro %}",
        ),
        ["macros/x.sql", "move it to macros/engine"],
    ),
]

# Rule, the lawful neighbour of an offence.
LAWFUL: list[Neighbour] = [
    *(
        (sources.sources_are_named_at_home_only, file(path, text))
        for path, text in (
            (X, "select 'shop' as source_name"),
            ("src/x.py", "# A snowplower.\n"),
            ("tests/laws/x.sql", "select * from stg_snowplow__events"),
            ("models/staging/snowplow/x.sql", "select 'snowplow' as source_name"),
        )
    ),
    (
        macros.a_macro_has_its_file,
        file(
            "macros/x.sql",
            "{% macro x() %}{{ y_part() }}{% endmacro %}{% macro y_part() %}{% endmacro %}",
        ),
    ),
]
