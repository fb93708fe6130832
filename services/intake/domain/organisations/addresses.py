"""What the domain of an e-mail address says of the body behind it: its own, one that many share, or nobody's."""

import re
from dataclasses import dataclass

from services.intake.domain.identity import email_address

# Whoever likes has an address there: it says nothing of where they work.
PUBLIC = frozenset(
    """
    aol.co.uk aol.com blueyonder.co.uk btconnect.com btinternet.com btopenworld.com duck.com fastmail.com
    freeserve.co.uk gmail.com gmx.co.uk gmx.com gmx.net googlemail.com hey.com hotmail.co.uk hotmail.com icloud.com
    live.co.uk live.com mac.com mail.com mail.ru me.com msn.com ntlworld.com o2.co.uk orange.net outlook.co.uk
    outlook.com pm.me proton.me protonmail.com qq.com rocketmail.com sky.com talk21.com talktalk.net tesco.net
    tiscali.co.uk tuta.com tutanota.com virgin.net virginmedia.com yahoo.co.uk yahoo.com yahoo.ie yandex.com ymail.com
    zen.co.uk zoho.com
    """.split()
)
# One address for all bodies of a country's health service: it says that it is one of them, and not which.
SHARED_BY_HEALTH_SERVICE = frozenset({"hscni.net", "nhs.net", "nhs.scot", "wales.nhs.uk"})
# Names under which bodies have theirs, and which are nobody's own. `gov.scot` and `gov.wales` are: of two governments.
_NOBODYS = frozenset(
    """
    ac.uk co.uk com cjsm.net cymru gcsx.gov.uk gov gov.uk gsi.gov.uk gsx.gov.uk ltd.uk me.uk net net.uk nhs.uk org
    org.uk parliament.uk plc.uk pnn.police.uk police.uk sch.uk scot uk wales
    """.split()
)
_DOMAIN = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")


@dataclass(frozen=True, slots=True)
class Domain:
    """The domain of an address. `own`: the names under which a body may be registered, the address's own first.

    None for an address that anybody may have. `is_shared`: all bodies of a health service have it.
    """

    own: tuple[str, ...] = ()
    is_shared: bool = False


def canonical_domain(typed: str) -> str:
    """The domain of a body, in lower case. Raises ValueError, with a sentence, for what cannot be one body's."""
    domain = typed.lower()
    if not _DOMAIN.fullmatch(domain):
        raise ValueError("Must be a domain such as example.gov.uk, without @.")
    if _is_public(domain):
        raise ValueError("Anybody may have an address there, so it can be no body's own.")
    if domain in SHARED_BY_HEALTH_SERVICE or domain in _NOBODYS:
        raise ValueError("Many bodies share this, so it can be no body's own.")
    return domain


def domain_of(email: str | None) -> Domain:
    """What the domain of a typed e-mail address says; nothing for none and for what cannot be read."""
    try:
        return looked_up(email_address(email or "").canonical.rpartition("@")[2])
    except ValueError:
        return Domain()


def looked_up(domain: str) -> Domain:
    """What a domain says. `mail.example.gov.uk` may be that of whoever has `example.gov.uk`."""
    if _is_public(domain):
        return Domain()
    names: list[str] = []
    for name in _above(domain):
        if name in SHARED_BY_HEALTH_SERVICE:
            return Domain(tuple(names), is_shared=True)
        if name not in _NOBODYS:
            names.append(name)
    return Domain(tuple(names))


def _is_public(domain: str) -> bool:
    return not PUBLIC.isdisjoint(_above(domain))


def _above(domain: str) -> list[str]:
    """A domain and all above it, the longest first."""
    labels = domain.split(".")
    return [".".join(labels[at:]) for at in range(len(labels))]
