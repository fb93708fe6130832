"""What is told of e-mails that were in quarantine: ids and codes."""

from chassis.work import Event
from services.intake.models import IncomingMessage


def message_released(message: IncomingMessage) -> Event:
    """A person filed an e-mail that was in quarantine."""
    return _handled("message_released", message)


def message_discarded(message: IncomingMessage) -> Event:
    """A person looked at an e-mail in quarantine and left it at that."""
    return _handled("message_discarded", message)


def _handled(type_: str, message: IncomingMessage) -> Event:
    data = {
        "message": str(message.id),
        "disposition": message.disposition,
        "enquiry": message.enquiry,
        "quarantined_for": message.reason,
    }
    return Event(type_, str(message.id), message.version, data)
