"""The refusals of triage that callers may see."""

from chassis.errors import Conflict, NotFound, Unavailable


class CriteriaNotFound(NotFound):
    """There is no criteria version of this name."""

    code = "criteria_not_found"

    def __init__(self) -> None:
        super().__init__("There is no criteria version of this name. Look it up in the list of criteria.")


class JobNotFound(NotFound):
    """There is no such back-test, calibration or re-scoring."""

    code = "job_not_found"

    def __init__(self) -> None:
        super().__init__("There is none with this id. Look it up in the list of its kind.")


class JobBusy(Unavailable):
    """A chunk of the job is under way, and takes long."""

    code = "job_busy"

    def __init__(self) -> None:
        super().__init__("A part of this work is under way. Try again in a moment.")


class EnquiryEnded(Conflict):
    """The enquiry, or its case, has ended."""

    code = "enquiry_ended"

    def __init__(self) -> None:
        super().__init__("This enquiry, or its case, has ended: no outcome is set any more. Reopen the case first.")


class AssessmentNotFound(NotFound):
    """The enquiry is not known, or has not been assessed."""

    code = "assessment_not_found"

    def __init__(self) -> None:
        super().__init__("There is no assessment of such an enquiry. Check the reference; it may still be on its way.")


class OverrideNotFound(NotFound):
    """There is no such override."""

    code = "override_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such override. Look it up in the list of overrides.")


class OverrideExists(Conflict):
    """Somebody has set an outcome for the same facts already."""

    code = "override_exists"

    def __init__(self) -> None:
        super().__init__("Another outcome is set for these facts already. Confirm it, or withdraw it first.")


class OwnOverride(Conflict):
    """Nobody confirms what they set themselves."""

    code = "own_override"

    def __init__(self) -> None:
        super().__init__("A referral against the score takes two people. Ask somebody else to confirm it.")


class TooManyVerdicts(Conflict):
    """The verdict on the same facts has changed as often as it may."""

    code = "too_many_verdicts"

    def __init__(self) -> None:
        super().__init__("The outcome of these facts has changed too often. Look at the facts themselves.")


class CriteriaNotInForce(Conflict):
    """Only the version in force may move what is open."""

    code = "criteria_not_in_force"

    def __init__(self, version: str) -> None:
        super().__init__(f"Version “{version}” is not in force. Bring it into force first, then apply this.")


class NoActiveCriteria(Unavailable):
    """Nothing can be triaged before criteria are active."""

    code = "no_active_criteria"

    def __init__(self) -> None:
        super().__init__("No criteria are active yet. Load a criteria version, or name one in the request.")


class CriteriaExist(Conflict):
    """The very same document is there already."""

    code = "criteria_exist"

    def __init__(self, version: str, state: str) -> None:
        super().__init__(f"Version “{version}” exists already with this content. It is {state}.")


class OwnCriteria(Conflict):
    """Nobody agrees what they wrote themselves."""

    code = "own_criteria"

    def __init__(self) -> None:
        super().__init__("Criteria are agreed by somebody other than their author. Ask another triage lead.")


class CriteriaChanged(Conflict):
    """A version's document never changes; a changed one needs a name of its own."""

    code = "criteria_changed"

    def __init__(self, version: str) -> None:
        super().__init__(f"Version “{version}” exists already with another content. Give the changed one a new name.")
