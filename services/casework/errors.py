"""The refusals of casework that callers may see."""

from chassis.errors import Conflict, Forbidden, NotFound


class CaseNotFound(NotFound):
    """There is no case with this reference."""

    code = "case_not_found"

    def __init__(self) -> None:
        super().__init__("There is no case with this reference. Check it, or look the case up in the list.")


class TaskNotFound(NotFound):
    """The case has no task with this id."""

    code = "task_not_found"

    def __init__(self) -> None:
        super().__init__("The case has no task with this id. Read the case for its tasks.")


class TaskAlreadyComplete(Conflict):
    """A task is completed once."""

    code = "task_already_complete"

    def __init__(self) -> None:
        super().__init__("This task is complete already. Add another task for what is still to be done.")


class ReferralIsLive(Conflict):
    """A case stays open while a referral of it is with the Cabinet Office, or accepted and not concluded."""

    code = "referral_is_live"

    def __init__(self) -> None:
        super().__init__("A referral of this case is live. Withdraw it or await its end, then close the case.")


class ReassigningIsForManagers(Forbidden):
    """Advisers take cases that nobody has, and hand on their own."""

    code = "reassigning_is_for_managers"

    def __init__(self) -> None:
        super().__init__("This case is a colleague's. Ask a manager to reassign it.")
