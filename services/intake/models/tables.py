"""The base of intake's tables."""

from enum import StrEnum

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import DeclarativeBase

from chassis.tables import COLUMN_TYPES, service_base


class Base(DeclarativeBase):
    """The tables of this service, and the chassis's beside them."""

    metadata = service_base().metadata
    type_annotation_map = COLUMN_TYPES


def one_of(column: str, codes: type[StrEnum]) -> CheckConstraint:
    """The column holds one of these codes."""
    return CheckConstraint(f"{column} IN ({', '.join(repr(code.value) for code in codes)})", name=column)
