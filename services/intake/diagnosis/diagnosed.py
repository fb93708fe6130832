"""A guided diagnosis as it stands: what is stored of it, and the walk that follows from that."""

from dataclasses import dataclass

from services.intake.domain.states import Action as EnquiryAction
from services.intake.domain.states import permits
from services.intake.domain.walks import Action, Step, Walk, allowed
from services.intake.models import Diagnosis, Enquiry


@dataclass(frozen=True, slots=True)
class Diagnosed:
    """A diagnosis as it stands: its row, its walk replayed, and the answers that fell away by what was just done."""

    enquiry: Enquiry
    row: Diagnosis
    walk: Walk
    fell_away: tuple[Step, ...] = ()

    @property
    def allowed(self) -> tuple[Action, ...]:
        """What may be done with it now; nothing where its enquiry has ended."""
        if not permits(self.enquiry.status, EnquiryAction.DIAGNOSE):
            return ()
        return allowed(self.row.status, self.walk)
