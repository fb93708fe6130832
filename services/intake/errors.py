"""What intake refuses, beside what every service refuses."""

from chassis.errors import NotFound


class NoSuchEnquiry(NotFound):
    """There is no enquiry with this reference, or it came by another client."""

    code = "enquiry_not_found"

    def __init__(self) -> None:
        super().__init__("There is no enquiry with this reference. Check the reference and try again.")
