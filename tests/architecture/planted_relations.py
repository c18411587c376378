"""Relations that cannot be, and some that come close and are lawful."""

from typing import Any

from tests.architecture import relations
from tests.architecture.planting import Neighbour, Offence, Plant, both, model

X = "models/retention/x.sql"
SPEC = "models/retention/x.yml"
COLUMNS = {
    "person_id": {"description": "The person.", "data_type": "varchar"},
    "source_name": {"description": "The source.", "data_type": "varchar"},
    "order_number": {"description": "The order.", "data_type": "bigint"},
}


def related(to: str, *columns: str, path: str = X, **more: Any) -> Plant:
    """A mart with one relation."""
    name = path.rsplit("/", 1)[-1].removesuffix(".sql")
    test: Plant = lambda house: house.with_node(  # noqa: E731
        f"test.stayhouse.relations_of_{name}",
        resource_type="test",
        attached_node=f"model.stayhouse.{name}",
        test_metadata={
            "name": "relations",
            "kwargs": {"related": [{"to": f"ref('{to}')", "columns": list(columns), **more}]},
        },
    )
    return both(model(path, columns=COLUMNS), test)


OFFENCES: list[Offence] = [
    (
        relations.relations_lead_to_marts,
        related("int_orders__versions", "person_id"),
        [SPEC, "int_orders__versions", "no public mart"],
    ),
    (
        relations.relations_lead_to_marts,
        related("stg_shop__orders", "person_id"),
        [SPEC, "no public mart"],
    ),
    (relations.relations_lead_to_marts, related("gone", "person_id"), [SPEC, "no public mart"]),
    # The same floor, another room; and a higher floor.
    (relations.relations_lead_to_marts, related("rfm_segments", "person_id"), [SPEC, "no lower"]),
    (relations.relations_lead_to_marts, related("churn_scores", "person_id"), [SPEC, "no lower"]),
    (
        relations.relations_lead_to_marts,
        related("customers", "person_id", path="models/retention/int_x.sql"),
        ["models/retention/int_x.yml", "private"],
    ),
    (
        relations.relations_name_columns_of_both,
        related("customer_lifecycle", "visitor_id"),
        [SPEC, "visitor_id (not listed)"],
    ),
    (
        relations.relations_name_columns_of_both,
        related("customer_lifecycle", "person_id", of=["customer_id"]),
        [SPEC, "customer_id (not listed)"],
    ),
    (
        relations.relations_name_columns_of_both,
        related("customer_lifecycle", "order_number", of=["person_id"]),
        [SPEC, "order_number (bigint) for person_id (varchar)"],
    ),
    (
        relations.relations_name_columns_of_both,
        related("customers", "person_id", "source_name", of=["person_id"]),
        [SPEC, "2 columns here and 1 there"],
    ),
]

LAWFUL: list[Neighbour] = [
    (rule, plant)
    for rule in relations.RULES
    for plant in (
        related("customer_lifecycle", "person_id"),
        related("orders", "source_name", "person_id", may_lack=True),
        related("customers", "person_id", of=["customer_id"]),
    )
]
