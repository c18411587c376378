"""The staging models of a new source: those of the source in our own layout, under another name.

What the files do not have is added where rows come in, so that it is seen and can be changed.
"""

import re
from pathlib import Path
from textwrap import fill

from stayhouse.landing.aliases import read_source
from stayhouse.sources.describing import Described
from stayhouse.sources.matching import ORDER_DISCOUNT, PLAIN, PRODUCT_NAME, ROWS
from stayhouse.sources.money import ORDER_TOTAL

_NULL = "cast(null as string)"


def folder_of(name: str) -> str:
    """Return where a source's files lie, from the project's folder."""
    return f"models/staging/{name}"


def repeats(table: Described) -> bool:
    """Whether an order stands on several rows of a table."""
    return table.name == ROWS and table.has_products


def staging_sql(root: Path, name: str, canonical: str, table: Described) -> str:
    """Return the SQL of a canonical table of a source, made of a table that lands."""
    path = root / folder_of(PLAIN) / f"stg_{PLAIN}__{canonical}.sql"
    sql = path.read_text(encoding="utf-8")
    sql = sql.replace(f"staged_facts('{PLAIN}')", f"staged_facts('{name}')")
    if canonical == "orders" and table.name == ROWS:
        # What is called discount there is that of a line.
        for macro in ("code_value", "exact_decimal"):
            sql = sql.replace(f"{macro}('discount')", f"{macro}('{ORDER_DISCOUNT}')")
    sql = _with_words(sql, table)
    sql = _with_facts(root, sql, name, canonical, table)
    relation = f"{{{{ landed('{name}', '{table.name}') }}}}"
    sql = re.sub(
        r"with landed as \(\n.*?\n\),\n",
        lambda _: f"with landed as (\n{_selected(root, canonical, table, relation)}\n),\n",
        sql,
        count=1,
        flags=re.DOTALL,
    )
    key = {"orders": "order_id", "products": "product_id"}.get(canonical)
    if key and _is_made_of_rows(canonical, table):
        sql = _with_heads(sql, canonical, key)
    return sql


def _is_made_of_rows(canonical: str, table: Described) -> bool:
    return canonical != table.name and (canonical == "products" or repeats(table))


def _selected(root: Path, canonical: str, table: Described, relation: str) -> str:
    """Return the select of a landed table with what its files lack."""
    added = [
        f"        -- {why}\n" * bool(why) + f"        {sql} as {column}"
        for column, sql, why in (_lacking(root, canonical, table))
    ]
    if not added:
        return f"    select * from {relation}"
    return "    select\n        *,\n" + ",\n".join(added) + f"\n    from {relation}"


def _lacking(root: Path, canonical: str, table: Described) -> list[tuple[str, str, str]]:
    """Return (column, SQL, why) for what staging reads and the files lack."""
    wanted = read_source(root, PLAIN).tables[canonical].landed_columns
    if canonical == "orders" and table.name == ROWS:
        wanted = [ORDER_DISCOUNT if column == "discount" else column for column in wanted]
    landed = set(table.landed)
    is_order = table.name == ROWS and not table.has_products
    special = {
        "currency": ("{{ setting('base_currency') }}", "No column says the currency."),
        "status": ("'placed'", "No column says how far an order is."),
    }
    if canonical == "order_lines" or canonical == "products":
        if PRODUCT_NAME in landed:
            special["product_id"] = (PRODUCT_NAME, "A product is known by its name.")
            special["name"] = (PRODUCT_NAME, "")
        elif is_order:
            special["product_id"] = (
                "'order'",
                "Nothing says what was bought: an order is one line.",
            )
        if is_order:
            special["line_number"] = ("'1'", "")
        special["quantity"] = ("'1'", "No column says how many pieces.")
    if ORDER_TOTAL in landed:
        special["amount"] = (
            "case\n"
            "            when\n"
            "                row_number() over (\n"
            "                    partition by batch_id, order_id\n"
            "                    order by landed_row\n"
            "                ) = 1\n"
            f"                then {ORDER_TOTAL}\n"
            "            else '0'\n"
            "        end",
            "The sum of an order stands on each of its rows, and counts once.",
        )
    found, is_said = [], False
    for column in wanted:
        if column not in landed and column in special:
            found.append((column, *special[column]))
    for column in wanted:
        if column not in landed and column not in special:
            found.append((column, _NULL, "" if is_said else "The files do not have these."))
            is_said = True
    return found


def _with_words(sql: str, table: Described) -> str:
    """Return SQL in which the files' words for our values become ours."""
    for column, words in table.words.items():
        line = re.compile(
            rf"        (lower|upper)\(({{{{ code_value\('{column}'\) }}}})\) as {column},\n"
        )

        def as_case(
            match: re.Match[str], column: str = column, words: dict[str, str] = words
        ) -> str:
            fold, value = match.groups()
            whens = "".join(
                f"            when {_literal(word)} then {_literal(ours)}\n"
                for word, ours in sorted(words.items(), key=lambda pair: (pair[1], pair[0]))
            )
            return (
                f"        case lower({value})\n{whens}            else {fold}({value})\n"
                f"        end as {column},\n"
            )

        sql = line.sub(as_case, sql)
    return sql


def _with_facts(root: Path, sql: str, name: str, canonical: str, table: Described) -> str:
    """Return SQL whose rows are told apart, and shown, by the columns of this source."""
    options = []
    if "email_hash" in table.landed:
        options.append("hidden=['email_hash']")
    if canonical == "events":
        options.append("unhashed=['received_at']")
    if table.name == ROWS and (canonical == "products" or repeats(table)):
        own = {
            *read_source(root, PLAIN).tables[canonical].landed_columns,
            PRODUCT_NAME,
            ORDER_TOTAL,
        }
        if canonical == "orders":
            own = own - {"discount", PRODUCT_NAME, ORDER_TOTAL} | {ORDER_DISCOUNT}
        others = ", ".join(f"'{column}'" for column in table.landed if column not in own)
        inner = fill(others, 80, initial_indent=" " * 16, subsequent_indent=" " * 16)
        options.append(f"unhashed=[\n{inner}\n            ]")
    call = f"landed_facts('{name}', '{table.name}'{''.join(', ' + option for option in options)})"
    if "\n" in call or len(call) > 80:
        parts = ",\n            ".join([f"'{name}', '{table.name}'", *options])
        call = f"landed_facts(\n            {parts}\n        )"
    return re.sub(rf"landed_facts\('{PLAIN}', '{canonical}'.*?\)(?= \}}\}})", lambda _: call, sql)


def _with_heads(sql: str, canonical: str, key: str) -> str:
    """Return SQL that takes the first row of each order, or product, of a batch."""
    value = f"{{{{ code_value('{key}') }}}}"
    where = "head_place = 1"
    if canonical == "products":
        where += f" and {value} is not null"
    what = (
        "Every row repeats its order" if canonical == "orders" else "A product stands on many rows"
    )
    heads = (
        f"-- {what}: of a batch the first one speaks.\nnumbered as (\n    select\n        *,\n"
        "        row_number() over (\n"
        f"            partition by batch_id, {value}\n            order by landed_row\n"
        "        ) as head_place\n    from landed\n),\n\n"
        f"heads as (\n    select * from numbered\n    where {where}\n),\n\n"
    )
    before, after = sql.split("typed as (", 1)
    return before + heads + "typed as (" + after.replace("    from landed\n", "    from heads\n", 1)


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
