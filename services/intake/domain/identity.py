"""Who is asking: the one form in which an e-mail address or a telephone number is compared, and whose it is."""

import unicodedata
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import phonenumbers
from email_validator import EmailNotValidError, validate_email

HOME = "GB"


@dataclass(frozen=True, slots=True)
class Address:
    """An e-mail address or telephone number: as it was typed, and in the form in which it is compared."""

    typed: str
    canonical: str


def email_address(typed: str) -> Address:
    """The e-mail address that was typed. Raises ValueError when it is none.

    The canonical form has the domain as IDNA and all in lower case: RFC 5321 lets a server tell `Jane@` from `jane@`,
    but no server in use does, and people type either.
    """
    try:
        parts = validate_email(typed, check_deliverability=False, strict=True)
    except EmailNotValidError as error:
        raise ValueError("not an e-mail address") from error
    mailbox = unicodedata.normalize("NFC", parts.local_part.lower())
    return Address(typed, f"{mailbox}@{parts.ascii_domain.lower()}")


def phone_number(typed: str) -> Address:
    """The telephone number that was typed, British unless it says otherwise. Raises ValueError when it is none.

    The canonical form is E.164, with `x` and the extension where there is one: behind a switchboard the extension
    is what leads to a person. A number that could exist is enough, for new ranges come faster than releases of lists.
    """
    try:
        number = phonenumbers.parse(typed, HOME)
    except phonenumbers.NumberParseException as error:
        raise ValueError("not a telephone number") from error
    if not phonenumbers.is_possible_number(number):
        raise ValueError("not a possible telephone number")
    # The library turns all digits into those of ASCII, whatever script they are in, but for the extension's.
    extension = f"x{phonenumbers.normalize_digits_only(number.extension)}" if number.extension else ""
    return Address(typed, phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) + extension)


@dataclass(frozen=True, slots=True)
class Holder:
    """The party that an identifier is known to lead to, and whether it, or any seen as one with it, has an address."""

    party: uuid.UUID
    has_email: bool


def party_behind(given: Collection[str], known: Mapping[str, Holder]) -> uuid.UUID | None:
    """The known party behind the kinds of identifier given (`email`, `phone`), or None when it is a new one.

    An e-mail address is a person's own and decides. A telephone is often shared: it decides alone only where the
    caller gives no e-mail address, or where its holder, with all that are seen as one with it, has none that could
    contradict.
    """
    if "email" in known:
        return known["email"].party
    phone = known.get("phone")
    if phone is None or ("email" in given and phone.has_email):
        return None
    return phone.party
