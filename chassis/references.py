"""Names for things: references for people, and ids for machines."""

import secrets
import uuid

import uuid_utils

# Crockford's base 32: no I, L, O or U, so that nothing is misread over the telephone.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUE = {letter: value for value, letter in enumerate(ALPHABET)}


def _check_letter(payload: str) -> str:
    """A letter that shows every single wrong letter and every swap of two neighbours.

    Luhn's method in base 32 (ISO/IEC 7812-1 Annex B, generalised to an even base).
    """
    total = 0
    for position, letter in enumerate(reversed(payload)):
        value = _VALUE[letter] * (2 if position % 2 == 0 else 1)
        total += value // 32 + value % 32
    return ALPHABET[-total % 32]


def new_reference(kind: str) -> str:
    """A random reference such as `ENQ-7K3M-9Q2D`: seven random letters (35 bits) and a check letter."""
    payload = "".join(secrets.choice(ALPHABET) for _ in range(7))
    whole = payload + _check_letter(payload)
    return f"{kind}-{whole[:4]}-{whole[4:]}"


def is_reference(kind: str, text: str) -> bool:
    """Whether the text is a well-formed reference of this kind with the right check letter."""
    prefix, _, rest = text.partition("-")
    whole = rest.replace("-", "")
    well_formed = prefix == kind and len(rest) == 9 and rest[4] == "-" and len(whole) == 8
    if not well_formed or any(letter not in _VALUE for letter in whole):
        return False
    return _check_letter(whole[:7]) == whole[7]


def new_id() -> uuid.UUID:
    """A UUIDv7 (RFC 9562): unique, and sorted by the time it was made, which keeps indexes compact."""
    return uuid.UUID(bytes=uuid_utils.uuid7().bytes)
