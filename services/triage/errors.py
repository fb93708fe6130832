"""The refusals of triage that callers may see."""

from chassis.errors import Conflict, NotFound, Unavailable


class CriteriaNotFound(NotFound):
    """There is no criteria version of this name."""

    code = "criteria_not_found"

    def __init__(self) -> None:
        super().__init__("There is no criteria version of this name. Look it up in the list of criteria.")


class BackTestNotFound(NotFound):
    """There is no such back-test."""

    code = "back_test_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such back-test. Look it up in the list of back-tests.")


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
