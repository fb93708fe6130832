"""What reporting asks of its database: keeping events, folding them, making rows anew, and counting."""

from services.reporting.store.folding import keep
from services.reporting.store.rebuilding import enquiries_after, forget_unlogged, rebuild_enquiries
from services.reporting.store.reports import count

__all__ = ["count", "enquiries_after", "forget_unlogged", "keep", "rebuild_enquiries"]
