"""What any event says about the stage of a team's own progress."""

from datetime import datetime

from services.reporting.domain.folding import Change, Told
from services.reporting.domain.readmodels import STAGES


def stage_reached(told: Told, moment: datetime) -> tuple[Change, ...]:
    """The team was at this stage at this moment, so it had reached it by then. Nothing when the stage is not known."""
    stage = told.data["spin_out_stage"]
    if stage is None:
        return ()
    return (Change(STAGES, {"enquiry": told.data["enquiry"], "stage": stage, "reached_at": moment}),)
