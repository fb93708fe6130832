"""Enquiries as those see them who ask: a portal nothing of what advisers note for each other."""

from collections.abc import Mapping
from typing import Any

from chassis.work import Work
from services.intake.models import Enquiry, EnquiryWords


class _WordsForPortal:
    """What was said, by whoever is asking now or by the enquirer."""

    def __init__(self, words: EnquiryWords, subject: str) -> None:
        self._words, self._subject = words, subject

    def __getattr__(self, name: str) -> Any:
        return getattr(self._words, name)

    @property
    def safe_to_contact(self) -> Mapping[str, Any] | None:
        """The note, if it is their own."""
        note = self._words.safe_to_contact
        return note if note and note["recorded_by"] == self._subject else None

    @property
    def acting_for(self) -> Mapping[str, Any] | None:
        """Who speaks for the enquirer; of who wrote it down no more than that it was they."""
        said = self._words.acting_for
        return said if said is None or said["recorded_by"] == self._subject else {**said, "recorded_by": None}


class _ForPortal:
    """An enquiry without marks and without others that it speaks of: both say what others wrote to us."""

    marks, related_to = (), None

    def __init__(self, enquiry: Enquiry, subject: str) -> None:
        self._enquiry = enquiry
        self.words = _WordsForPortal(enquiry.words, subject)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._enquiry, name)


def shown(work: Work, enquiry: Enquiry) -> Enquiry | _ForPortal:
    """An enquiry as the caller may see it."""
    return enquiry if work.may("adviser") else _ForPortal(enquiry, work.caller.subject)
