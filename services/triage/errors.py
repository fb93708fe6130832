"""The refusals of triage that callers may see."""

from chassis.errors import Conflict, NotFound, Unavailable


class CriteriaNotFound(NotFound):
    """There is no criteria version of this name."""

    code = "criteria_not_found"

    def __init__(self) -> None:
        super().__init__("There is no criteria version of this name. Look it up in the list of criteria.")


class NoActiveCriteria(Unavailable):
    """Nothing can be triaged before criteria are active."""

    code = "no_active_criteria"

    def __init__(self) -> None:
        super().__init__("No criteria are active yet. Load a criteria version, or name one in the request.")


class CriteriaChanged(Conflict):
    """A version's document never changes; a changed one needs a name of its own."""

    code = "criteria_changed"

    def __init__(self, version: str) -> None:
        super().__init__(f"Version “{version}” exists already with another content. Give the changed one a new name.")
