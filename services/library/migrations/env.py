"""How Alembic finds the tables of this service."""

from chassis.tables import run_migrations
from services.library.models import Base

run_migrations(Base.metadata)
