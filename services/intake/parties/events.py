"""What is told of parties: their ids and what was done, never a name, an address, a number or a reason."""

from chassis.work import Event
from services.intake.domain.parties import Change
from services.intake.models import Party, PartyDismissal


def party_changed(party: Party, changes: list[Change]) -> Event:
    """A person put right what is known of a party."""
    data = {"party": str(party.id), "changed": [change.value for change in changes]}
    return Event("party_changed", str(party.id), party.version, data)


def party_merged(absorbed: Party, into: Party) -> Event:
    """A person judged two parties to be one. Nothing moved: the absorbed one is seen as the other from now on."""
    return Event("party_merged", str(absorbed.id), absorbed.version, {"party": str(absorbed.id), "into": str(into.id)})


def party_unmerged(released: Party, of: Party) -> Event:
    """A person took such a judgement back."""
    return Event("party_unmerged", str(released.id), released.version, {"party": str(released.id), "from": str(of.id)})


def parties_kept_apart(dismissal: PartyDismissal) -> Event:
    """A person judged two parties that look alike to be two."""
    data = {"judgement": str(dismissal.id), "party": str(dismissal.lower_id), "other": str(dismissal.higher_id)}
    return Event("parties_kept_apart", str(dismissal.id), 1, data)
