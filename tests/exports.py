"""Exports that nobody described, and what new-source has written of them."""

import csv
import shutil
import tomllib
from pathlib import Path

import pytest
import yaml

from tests.building import CHECKOUT

NAME = "teahouse"
HEAD = "Order Number,Order Date,Customer ID,SKU,Qty,Price\n"
LINES = "Order #,SKU,Qty,Price each\no1,p,1,2.50\no2,q,2,3.50\n"


@pytest.fixture
def house(project):
    """A project with the models of the checkout."""
    shutil.copytree(CHECKOUT / "models", project.root / "models", dirs_exist_ok=True)
    return project


@pytest.fixture
def made(house, done):
    """Run new-source on files by their names; return what it printed."""

    def run(files, *options):
        paths = [house.file(name, content) for name, content in files.items()]
        return done("new-source", NAME, *paths, *options)

    return run


def folder(house) -> Path:
    return house.root / "models" / "staging" / NAME


def sheet(house, table="order_rows"):
    """The sheet's rows of a table: (ours, personal) by their column."""
    text = (folder(house) / "aliases.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {
        row["their_column"]: (row["our_column"], row["personal"])
        for row in rows
        if row["table"] == table
    }


def formats(house):
    return tomllib.loads((folder(house) / "format.toml").read_text(encoding="utf-8"))


def staged(house):
    project = yaml.safe_load((house.root / "dbt_project.yml").read_text(encoding="utf-8"))
    return project["vars"]["sources"][NAME]


def rows(*values: str) -> str:
    return "".join(f"{value}\n" for value in values)


def orders(*cells: str, head: str = "", count: int = 4) -> str:
    """Orders of one line each, with cells of further columns."""
    tail = "".join(f",{cell}" for cell in cells)
    lines = (f"o{i},2024-01-{13 + i} 10:00:00Z,c{i % 3},p1,1,2.50{tail}" for i in range(count))
    return HEAD.rstrip() + head + "\n" + rows(*lines)
