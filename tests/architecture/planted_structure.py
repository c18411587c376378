"""Offences against what stands where: remedies, rooms, personal columns, specs."""

from dataclasses import replace

from tests.architecture import personal, remedies, rooms, specs
from tests.architecture.house import House
from tests.architecture.planting import (
    Neighbour,
    Offence,
    Plant,
    both,
    edited,
    file,
    grain,
    model,
    model_sql,
)

X = "models/retention/x.sql"
PII = {"email_hash": {"description": "", "config": {"meta": {"pii": "email"}}}}

LAW = "tests/laws/x.sql"


def unit_test(description: str) -> Plant:
    """A unit test with this description."""

    def plant(house: House) -> House:
        test = {"name": "t", "original_file_path": "models/x.yml", "description": description}
        tests = {**house.manifest["unit_tests"], "unit_test.stayhouse.x.t": test}
        return replace(house, manifest={**house.manifest, "unit_tests": tests})

    return plant


def block(*described: str) -> Plant:
    """A docs block "The way." and a mart; it describes those of the mart's columns a, b and c."""

    def plant(house: House) -> House:
        said = {"name": "way", "original_file_path": "models/columns/x.md"}
        docs = {**house.manifest["docs"], "x": {**said, "block_contents": "The\nway."}}
        columns = {
            name: {
                "description": "The way." if name in described else "Another way.",
                "data_type": "bigint",
                "doc_blocks": ["x"] if name in described else [],
            }
            for name in ("a", "b", "c")
        }
        return model(X, columns=columns)(replace(house, manifest={**house.manifest, "docs": docs}))

    return plant


WAY = {"d": {"description": "The way.\n", "data_type": "bigint", "doc_blocks": []}}

# Rule, offence, what its sentence must say.
OFFENCES: list[Offence] = [
    # remedies
    (
        remedies.laws_say_what_to_do,
        file(LAW, "-- Every order has a person who placed it.\nselect 1\n"),
        [LAW, "does not say what to do", "If it breaks:"],
    ),
    (
        remedies.laws_say_what_to_do,
        file(LAW, "-- If it breaks: look at the join of persons.\nselect 1\n"),
        [LAW, "does not say what holds"],
    ),
    (remedies.laws_say_what_to_do, file(LAW, "select 1\n"), [LAW, "does not say what holds"]),
    (
        remedies.errors_say_what_to_do,
        file("src/stayhouse/x.py", 'raise StayhouseError(f"{path} is empty: nothing to do.")\n'),
        ["src/stayhouse/x.py:1", '"_ is empty: nothing to do."', "does not say what to do"],
    ),
    (remedies.unit_tests_say_what_they_hold, unit_test(" "), ["models/x.yml", "unit test t"]),
    # rooms
    (
        rooms.every_room_has_a_floor,
        model("models/misc/x.sql"),
        ["models/misc/x.sql", "in no room", "src/stayhouse/base/rooms.py"],
    ),
    (
        rooms.data_goes_up,
        model(X, "rfm_segments"),
        [
            f"{X} reads segments.rfm_segments, which stands on the same floor: move the model to a "
            "higher room (churn, value, recommendations, experiments, strategy) or read what both "
            "need from a lower one, such as core."
        ],
    ),
    (
        rooms.data_goes_up,
        model(X, "churn_scores"),
        [X, "churn.churn_scores", "higher floor", "up to churn"],
    ),
    (
        rooms.data_goes_up,
        model("models/core/x.sql", "rfm_segments"),
        ["higher floor", "up to segments"],
    ),
    (
        rooms.data_goes_up,
        model(X, "stg_shop__orders"),
        [X, "only core reads staging", "mart of core"],
    ),
    (rooms.data_goes_up, model(X, "int_rows__checked"), [X, "private to its room", "publish one"]),
    (
        rooms.data_goes_up,
        model("models/staging/shop/stg_shop__x.sql", "stg_online_retail__orders"),
        ["another source", "union_sources"],
    ),
    (
        rooms.sources_are_read_by_their_staging,
        model("models/core/x.sql", sources=[["shop", "events"]]),
        ["models/core/x.sql", "shop.events", "only models/staging/shop"],
    ),
    (
        rooms.sources_are_read_by_their_staging,
        model(
            "models/staging/online_retail/stg_online_retail__x.sql", sources=[["shop", "events"]]
        ),
        ["only models/staging/shop"],
    ),
    (
        rooms.groups_are_rooms,
        model("models/retention/int_x.sql", config={"group": "core"}),
        ["models/retention/int_x.sql", "+group: retention"],
    ),
    # personal
    (
        personal.hashed_columns_are_tagged,
        edited(
            "models/staging/shop/aliases.csv", "reviews,text,text,no,", "reviews,text,text,no,hash"
        ),
        ["stg_shop__reviews.yml", "text is hashed", "pii"],
    ),
    (
        personal.personal_columns_keep_their_tag,
        both(
            model("models/core/int_x.sql"),
            model_sql("models/core/int_x.sql", "select a.email_hash from a"),
        ),
        ["models/core/int_x.sql", "email_hash", "without a tag"],
    ),
    (
        personal.marts_hold_no_personal_column,
        model("models/core/x.sql", columns={"email_hash": {"description": "", "data_type": ""}}),
        ["models/core/x.sql publishes email_hash"],
    ),
    (
        personal.marts_hold_no_personal_column,
        model("models/core/x.sql", columns={"address": PII["email_hash"]}),
        ["models/core/x.sql publishes address"],
    ),
    *(
        (
            personal.what_people_write_stays_in_core,
            model(X, columns={name: {"description": "", "data_type": ""}}),
            [f"{X} publishes {name}", "review_id"],
        )
        for name in ("text", "review_text", "properties")
    ),
    # specs
    (specs.every_model_has_its_spec, model(X, patch_path=None), [X, "models/retention/x.yml"]),
    (
        specs.every_model_has_its_spec,
        model(X, patch_path="stayhouse://models/retention/all.yml"),
        [X, "models/retention/x.yml"],
    ),
    (
        specs.descriptions_open_with_the_grain,
        model(X, description="People, one row per person."),
        [X, "One row per"],
    ),
    (specs.every_grain_is_tested, model(X), [X, "grain: {arguments"]),
    (
        specs.every_grain_is_tested,
        model(X, config={"meta": {"without_grain": "too long"}}),
        [X, "a private model"],
    ),
    (
        specs.grains_are_columns_of_the_model,
        both(model(X), grain("x", "customer_id")),
        ["models/retention/x.yml", "customer_id"],
    ),
    (
        specs.marts_have_contracts,
        model(X, config={"contract": {"enforced": False}}),
        [X, "contract: {enforced: true}"],
    ),
    (
        specs.mart_columns_are_described,
        model(X, columns={"a": {"description": " ", "data_type": "bigint"}}),
        [X, "column a has no description", "the model's YAML"],
    ),
    (
        specs.mart_columns_are_described,
        model(X, columns={"a": {"description": "A.", "data_type": None}}),
        [X, "column a has no data_type"],
    ),
    (
        specs.docs_blocks_are_shared,
        block("a"),
        ["models/columns/x.md", "block way is for no two columns"],
    ),
    (
        specs.docs_blocks_are_shared,
        both(block("a", "b"), model("models/core/int_y.sql", columns=WAY)),
        ["models/core/int_y.sql", "column d has the words of docs block way"],
    ),
    (
        specs.names_say_who_may_read,
        model("models/retention/int_x.sql", config={"access": "public"}),
        ["models/retention/int_x.sql", "its name says private", "plain noun"],
    ),
    (
        specs.names_say_who_may_read,
        model(X, config={"access": "private"}),
        [X, "its name says public", "access: public"],
    ),
    *(
        (specs.python_models_are_named_ml, model(path), [path, "ml_<noun>"])
        for path in (
            "models/churn/ml_x.sql",
            "models/churn/ml_x.py",
            "python_models/churn/x.py",
            "python_models/churn/x.sql",
        )
    ),
]

# Rule, the lawful neighbour of an offence.
LAWFUL: list[Neighbour] = [
    (
        remedies.laws_say_what_to_do,
        file(
            LAW,
            "{{ config(severity='warn') }}\n-- Every order has a person who placed it. If it\n"
            "-- breaks: look at the join of persons.\nselect 1\n",
        ),
    ),
    (
        remedies.errors_say_what_to_do,
        file("src/stayhouse/x.py", 'raise StayhouseError(f"{path} is empty: write it again.")\n'),
    ),
    (remedies.unit_tests_say_what_they_hold, unit_test("An order without a person has none.")),
    (rooms.data_goes_up, model(X, "orders", "customer_snapshots", "int_retention__cells")),
    (rooms.data_goes_up, model("models/churn/x.sql", "rfm_segments", "cohort_retention")),
    (
        rooms.data_goes_up,
        model("models/core/int_x.sql", "stg_shop__orders", "stg_online_retail__orders"),
    ),
    (rooms.data_goes_up, model("models/staging/shop/stg_shop__x.sql", "stg_shop__orders")),
    (
        rooms.sources_are_read_by_their_staging,
        model("models/staging/shop/stg_shop__x.sql", sources=[["shop", "events"]]),
    ),
    (
        personal.what_people_write_stays_in_core,
        both(
            model("models/core/x.sql", columns={"text": {"description": "", "data_type": ""}}),
            model(X, columns={"text_count": {"description": "", "data_type": ""}}),
        ),
    ),
    (
        personal.hashed_columns_are_tagged,
        edited(
            "models/staging/shop/aliases.csv",
            "reviews,customer_id,customer_id,yes,",
            "reviews,customer_id,customer_id,yes,hash",
        ),
    ),
    (
        personal.personal_columns_keep_their_tag,
        both(
            model("models/core/int_x.sql", columns=PII),
            model_sql("models/core/int_x.sql", "select a.email_hash from a"),
        ),
    ),
    (
        personal.personal_columns_keep_their_tag,
        both(
            model("models/core/int_x.sql"),
            file(
                "models/core/int_x.sql",
                "with a as (\n    select email_hash\n)\n\nfinal as (\n    select b\n)\n",
            ),
        ),
    ),
    (specs.every_grain_is_tested, both(model(X), grain("x", "person_id"))),
    (
        specs.every_grain_is_tested,
        model("models/core/int_x.sql", config={"meta": {"without_grain": "too long"}}),
    ),
    (specs.grains_are_columns_of_the_model, both(model(X), grain("x", "person_id"))),
    (specs.marts_have_contracts, model("models/core/int_x.sql", config={"contract": {}})),
    (specs.docs_blocks_are_shared, block("a", "b")),
    (specs.names_say_who_may_read, model("python_models/churn/ml_x.py")),
    (specs.python_models_are_named_ml, model("python_models/churn/ml_x.py")),
]
