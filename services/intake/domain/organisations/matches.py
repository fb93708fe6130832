"""Which public body an enquirer may mean, with the reasons and how sure they make it. None is ever chosen here."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from rapidfuzz import fuzz

from services.intake.domain.organisations.addresses import Domain
from services.intake.domain.organisations.names import normal_form
from services.intake.domain.organisations.register import Organisation, chain, has_ended

# How sure each reason makes it, from 0 to 1 (ours; easy to change). Several reasons add up as chances do, so that
# none makes it certain; of one reason the strongest ground counts. A name counts as far as it is alike.
OWN_DOMAIN, HIGHER_DOMAIN, SAME_NAME, SAME_OTHER_NAME, SHARED_DOMAIN = 0.95, 0.85, 0.9, 0.87, 0.1
# A body that is no more keeps this much, so that whoever took its place comes first.
ENDED_KEEPS = 0.9
# From 0 to 1: names that are less alike are different ones, and what is surer than this is likely.
ALIKE, LIKELY = 0.7, 0.85
MOST_SHOWN = 10

# The kind of body that shares the health service's addresses.
_HEALTH_SERVICE = "nhs_trust"
# Words that many names have. What is left of a name is its own: Norfolk and Suffolk County Council are not alike.
_COMMON = frozenset(
    """
    academy agency and authority board borough care city clinical college combined commissioning community constabulary
    council county department district england fire for foundation group health hospital hospitals housing integrated
    london metropolitan ministry national nhs of office partnership police primary rescue royal school service services
    st the trust trusts uk university
    """.split()
)
_OWN_WORDS_ALIKE = 0.82
# What a name counts whose own words are among those of the other, or the other way round.
_PART_OF = 0.85


class Reason(StrEnum):
    """Why a body may be the one that is meant."""

    DOMAIN = "domain"
    NAME = "name"
    OTHER_NAME = "other_name"
    SUCCESSOR_OF = "successor_of"
    SHARED_DOMAIN = "shared_domain"


class Confidence(StrEnum):
    """How sure it is that a body is meant."""

    LIKELY = "likely"
    MAYBE = "maybe"


@dataclass(frozen=True, slots=True)
class Ground:
    """One reason: how sure it makes it, and what it rests on (a domain, a registered name, a predecessor's key)."""

    reason: Reason
    weight: float
    on: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A body that may be meant, how sure that is (0 to 1), and why."""

    organisation: Organisation
    score: float
    grounds: tuple[Ground, ...]

    @property
    def confidence(self) -> Confidence:
        """How sure it is, in a word."""
        return Confidence.LIKELY if self.score >= LIKELY else Confidence.MAYBE


def suggestions(
    typed: Sequence[str], domain: Domain, known: Mapping[str, Organisation], today: date
) -> list[Suggestion]:
    """The bodies that may be meant by what was typed (its normal forms) and an address's domain, the likeliest first.

    `known` are those to be weighed, and all that come after them. Whoever came after one that is no more is weighed
    as that one is; the last of them, for that is who can be the parent body now.
    """
    grounds = {key: _grounds(typed, domain, organisation) for key, organisation in known.items()}
    found = {key: of_body for key, of_body in grounds.items() if of_body}
    for key in [*found]:
        if has_ended(known[key].dissolved_on, today) and (after := chain(key, known)):
            inherited = Ground(Reason.SUCCESSOR_OF, _score(grounds[key]), key)
            found.setdefault(after[-1], []).append(inherited)
    said = [_suggestion(known[key], of_body, today) for key, of_body in found.items() if key in known]
    return sorted(said, key=lambda one: (-one.score, one.organisation.key))


def alike(typed: str, name: str) -> float:
    """How much two normal forms are alike, from 0 to 1; 0 when the words that are their own are others.

    Words may stand in another order or be left out; a slip of the finger makes little difference.
    """
    if typed == name:
        return 1.0
    one, other = _own_words(typed), _own_words(name)
    own = max(fuzz.token_sort_ratio(one, other), _PART_OF * fuzz.token_set_ratio(one, other)) / 100
    if own < _OWN_WORDS_ALIKE:
        return 0.0
    whole = (fuzz.token_sort_ratio(typed, name) + fuzz.token_set_ratio(typed, name)) / 200
    return 0.6 * own + 0.4 * whole


def _own_words(form: str) -> str:
    return " ".join(word for word in form.split() if word not in _COMMON) or form


def _grounds(typed: Sequence[str], domain: Domain, organisation: Organisation) -> list[Ground]:
    found = [*_by_domain(domain, organisation), *_by_names(typed, organisation)]
    if found and domain.is_shared and organisation.kind == _HEALTH_SERVICE:
        found.append(Ground(Reason.SHARED_DOMAIN, SHARED_DOMAIN, ""))
    return found


def _by_domain(domain: Domain, organisation: Organisation) -> Iterable[Ground]:
    for place, name in enumerate(domain.own):
        if name in organisation.domains:
            return [Ground(Reason.DOMAIN, HIGHER_DOMAIN if place else OWN_DOMAIN, name)]
    return []


def _by_names(typed: Sequence[str], organisation: Organisation) -> Iterable[Ground]:
    """The likest of a body's names, if it is alike at all."""
    names = [(Reason.NAME, SAME_NAME, organisation.name)]
    names += [(Reason.OTHER_NAME, SAME_OTHER_NAME, name) for name in organisation.other_names]
    weighed = [
        (likeness, Ground(reason, weight * likeness, name))
        for reason, weight, name in names
        for likeness in [max((alike(form, normal_form(name)) for form in typed), default=0.0)]
    ]
    likeness, likest = max(weighed, key=lambda one: one[1].weight)
    return [likest] if likeness >= ALIKE else []


def _score(grounds: Iterable[Ground]) -> float:
    """Of several grounds of one kind the strongest counts: a town's names are alike, and each is no proof anew."""
    strongest: dict[Reason, float] = {}
    for ground in grounds:
        strongest[ground.reason] = max(ground.weight, strongest.get(ground.reason, 0.0))
    return 1 - math.prod(1 - weight for weight in strongest.values())


def _suggestion(organisation: Organisation, grounds: Sequence[Ground], today: date) -> Suggestion:
    score = _score(grounds)
    if has_ended(organisation.dissolved_on, today):
        score *= ENDED_KEEPS
    strongest = sorted(grounds, key=lambda one: (-one.weight, one.reason, one.on))
    return Suggestion(organisation, score, tuple(strongest))
