"""A guided diagnosis as it stands: what is stored of it, and the walk that follows from that."""

from dataclasses import dataclass

from services.intake.domain.walks import Action, Step, Walk, allowed
from services.intake.models import Diagnosis


@dataclass(frozen=True, slots=True)
class Diagnosed:
    """A diagnosis as it stands: its row, its walk replayed, and the answers that fell away by what was just done."""

    row: Diagnosis
    walk: Walk
    fell_away: tuple[Step, ...] = ()

    @property
    def allowed(self) -> tuple[Action, ...]:
        """What may be done with it now."""
        return allowed(self.row.status, self.walk)
