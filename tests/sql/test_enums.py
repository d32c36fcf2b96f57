"""Closed sets of words: an enum of the database is the StrEnum of its name in the domain, value by value."""

import re
from collections.abc import Iterator
from enum import StrEnum
from importlib import import_module
from pkgutil import walk_packages
from typing import TypeVar

from sql.seats import Connection

from croquis import domain
from croquis.domain.row import Row

OURS = """
    select t.typname,
      array(select e.enumlabel from pg_enum e where e.enumtypid = t.oid),
      array(select a.attname from pg_attribute a where a.atttypid = t.oid)
    from pg_type t where t.typtype = 'e' and t.typnamespace in ('public'::regnamespace, 'croquis'::regnamespace)
"""
T = TypeVar("T")


def of_domain(kind: type[T]) -> Iterator[type[T]]:
    """Every class of this kind that a module of the domain has."""
    for module in walk_packages(domain.__path__, f"{domain.__name__}."):
        for it in vars(import_module(module.name)).values():
            if isinstance(it, type) and issubclass(it, kind):
                yield it


def snake(name: str) -> str:
    """JobStatus is job_status."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def test_an_enum_and_the_strenum_of_its_name_have_the_same_values(db: Connection) -> None:
    python = {snake(it.__name__): set(it) for it in of_domain(StrEnum)}
    sql = {name: set(values) for name, values, _ in db.execute(OURS)}
    both = python.keys() & sql.keys()
    assert {"job_status", "run_status", "photo_status", "model_status", "image_status"} <= both
    assert {name: sql[name] for name in both} == {name: python[name] for name in both}


def test_every_enum_that_a_row_of_the_domain_carries_is_a_strenum_there(db: Connection) -> None:
    read = {field for row in of_domain(Row) for field in row.model_fields}
    carried = {name for name, _, columns in db.execute(OURS) if read & set(columns)}
    assert carried <= {snake(it.__name__) for it in of_domain(StrEnum)}


def test_the_graph_goes_through_every_status_of_a_job(db: Connection) -> None:
    moves = db.execute("select from_status, to_status from public.training_moves()").fetchall()
    every = {name: set(values) for name, values, _ in db.execute(OURS)}["job_status"]
    assert {status for move in moves for status in move} == every
