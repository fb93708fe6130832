"""The base of triage's tables."""

from sqlalchemy.orm import DeclarativeBase

from chassis.tables import COLUMN_TYPES, service_base


class Base(DeclarativeBase):
    """The tables of this service, and the chassis's beside them."""

    metadata = service_base().metadata
    type_annotation_map = COLUMN_TYPES
