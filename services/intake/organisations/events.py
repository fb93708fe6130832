"""What the register tells."""

from chassis.work import Event
from services.intake.models import OrganisationImport

SUBJECT = "organisations"


def organisations_imported(made: OrganisationImport) -> Event:
    """A file changed the register of public bodies. An import that changes nothing is not told."""
    data = {"register": SUBJECT, "sha256": made.sha256, "added": made.added, "changed": made.changed}
    return Event("organisations_imported", SUBJECT, made.number, data)
