"""Alembic's entrance."""

from chassis.database import run_migrations
from services.reporting.models import Base

run_migrations(Base.metadata)
