"""The refusals of the library that callers may see."""

from chassis.errors import Conflict, NotFound, Unavailable


class NoSuchResource(NotFound):
    """There is no resource of this id."""

    code = "resource_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such resource. Look it up in the list of resources.")


class NoSuchSignpost(NotFound):
    """There is no signpost of this id for this enquiry."""

    code = "signpost_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such signpost. Look it up among those of the enquiry.")


class NoSuchEnquiry(NotFound):
    """No enquiry of this reference has been heard of."""

    code = "enquiry_not_found"

    def __init__(self) -> None:
        super().__init__("There is no enquiry with this reference. If it was sent this moment, try again in a second.")


class AddressTaken(Conflict):
    """Two resources in use never have one address: they would be the same thing twice."""

    code = "resource_exists"

    def __init__(self, holder: str) -> None:
        super().__init__(f"The resource {holder} has this address already. Change that one instead.")


class ResourceBusy(Unavailable):
    """Somebody else is at a resource for longer than anybody waits: a file that is being imported, most likely."""

    code = "resource_busy"

    def __init__(self) -> None:
        super().__init__("This is being changed by somebody else, or a file is being imported. Try again in a moment.")
