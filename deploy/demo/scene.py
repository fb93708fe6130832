"""One story on the running system: its enquiry, its case and its referral, read afresh whenever they are asked for."""

from collections.abc import Callable, Mapping
from typing import Any

from deploy.demo.doors import Answer, Doors, NoAnswer, growing

ADVISER, REVIEWER = "adviser", "co_reviewer"
OPENS_A_CASE = frozenset({"refer", "develop"})

Document = Mapping[str, Any]


class Scene:
    """What belongs to one enquiry. Methods raise what Doors raises."""

    def __init__(self, doors: Doors, reference: str) -> None:
        self.doors = doors
        self.enquiry_reference = reference
        self._case: str | None = None

    def enquiry(self) -> Answer:
        """The enquiry as it is now."""
        return self.doors.read(ADVISER, f"/v1/enquiries/{self.enquiry_reference}")

    def wait_until(self, holds: Callable[[Document], bool], seconds: float) -> Document | None:
        """The enquiry as soon as this holds of it; None when it does not within so many seconds."""
        end, waits = self.doors.clock.now() + seconds, growing()
        while not holds(enquiry := self.enquiry().body):
            wait = next(waits)
            if self.doors.clock.now() + wait > end:
                return None
            self.doors.clock.rest(wait)
        return enquiry

    @property
    def case_reference(self) -> str:
        """The reference of the case, which is opened a moment after triage. Raises NoAnswer when none is."""
        if self._case is None:
            enquiry = self.wait_until(lambda enquiry: enquiry["case"] is not None, self.doors.patience)
            if enquiry is None:
                raise NoAnswer(f"{self.enquiry_reference}: no case within {self.doors.patience:.0f} s")
            self._case = enquiry["case"]
        return str(self._case)

    def case(self) -> Answer:
        """The case as it is now."""
        return self.doors.read(ADVISER, f"/v1/cases/{self.case_reference}")

    def contacts(self) -> list[Document]:
        """Every exchange about the enquiry."""
        return list(self.doors.items(ADVISER, f"/v1/enquiries/{self.enquiry_reference}/contacts"))

    def referrals(self) -> list[Document]:
        """The referrals of the case, the newest first."""
        return list(self.doors.items(ADVISER, "/v1/referrals", case=self.case_reference))

    @property
    def referral_reference(self) -> str:
        """The reference of the newest referral. Raises NoAnswer when there is none."""
        referrals = self.referrals()
        if not referrals:
            raise NoAnswer(f"{self.case_reference}: this case has not been referred")
        return str(referrals[0]["reference"])

    def referral(self) -> Answer:
        """The newest referral as it is now."""
        return self.doors.read(ADVISER, f"/v1/referrals/{self.referral_reference}")

    def fund_entries(self) -> list[Document]:
        """The moves of the fund for the newest referral."""
        return list(self.doors.items(REVIEWER, "/v1/fund/entries", referral=self.referral_reference))

    def task(self, title: str | None) -> Document:
        """The task of this title. Raises NoAnswer when the case has none."""
        for task in self.case().body["tasks"]:
            if task["title"] == title:
                return dict(task)
        raise NoAnswer(f"{self.case_reference}: this case has no such task")
