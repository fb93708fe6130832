"""Our references in messages, with letters that show that we wrote them.

A reference is no secret: it is told over the telephone. So that nobody can send words into somebody else's enquiry by
naming it, what we send carries six more letters, of a keyed hash: `[ENQ-7K3M-9Q2D-5TXW8B]`. They have 30 bits, and
each guess costs a message: a message has one guess at a reference, however many it holds (`tokens_in`).
"""

import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from chassis.fields import ALPHABET, is_reference
from services.intake.mail.message import Check, Place, Token

SHORTEST_KEY = 16  # bytes
_LETTERS = 6
_PURPOSE = b"spinout mail thread 1\n"  # the key may serve elsewhere; what it signs here fits nowhere else
MOST_TOKENS = 20
_DASH = "[-‐‑‒–— .]?"
_REFERENCE = re.compile(
    rf"(?<![A-Z0-9])(ENQ|CAS|REF){_DASH}([A-Z0-9]{{4}}){_DASH}([A-Z0-9]{{4}})(?:{_DASH}([A-Z0-9]{{6}}))?(?![A-Z0-9])",
    re.IGNORECASE,
)
# What people type for letters that references do not have (Crockford).
_MISREAD = str.maketrans("OIL", "011")


def token(reference: str, key: bytes) -> str:
    """A reference with its check letters, as it stands in the subject of what we send: between brackets."""
    return f"[{reference}-{_check_letters(reference, key)}]"


def identifier(reference: str, unique: str, domain: str, key: bytes) -> str:
    """An identifier for a message that we send, without brackets: answers name it even where their subject is new."""
    return f"{reference}-{_check_letters(reference, key)}.{unique}@{domain}"


def tokens_in(texts: Mapping[Place, Iterable[str]], keys: Sequence[bytes]) -> tuple[Token, ...]:
    """Our references in the texts of a message: of each place each once, and as sound as it was found at its best.

    A reference that stands with wrong letters anywhere in the message is valid nowhere in it. But people type in
    subjects, and programs break them: what is right in the thread stands beside a wrong subject. It does so only where
    nothing else is wrong, and the subject then counts for nothing: that is one guess a message still.
    """
    named = {place: [*_named_in(some, keys)] for place, some in texts.items()}
    wrong = [(place, reference) for place, some in named.items() for reference, check in some if check is Check.WRONG]
    tokens: list[Token] = []
    for place, some in named.items():
        guessed = {reference for at, reference in wrong if (at, place) != (Place.SUBJECT, Place.THREAD)}
        found: dict[str, Check] = {}
        for reference, check in some:
            if reference not in found or check is Check.VALID:
                found[reference] = Check.WRONG if check is Check.VALID and reference in guessed else check
        tokens += [Token(reference, place, check) for reference, check in found.items()][:MOST_TOKENS]
    return tuple(tokens)


def _named_in(texts: Iterable[str], keys: Sequence[bytes]) -> Iterator[tuple[str, Check]]:
    for text in texts:
        for kind, *groups, letters in _REFERENCE.findall(text):
            first, second = (group.upper().translate(_MISREAD) for group in groups)
            reference = f"{kind.upper()}-{first}-{second}"
            if is_reference(kind.upper(), reference):
                yield reference, _checked(reference, letters.upper().translate(_MISREAD), keys)


def _checked(reference: str, letters: str, keys: Sequence[bytes]) -> Check:
    if not letters:
        return Check.MISSING
    if not keys:
        return Check.UNCHECKED
    sound = [hmac.compare_digest(_check_letters(reference, key).encode(), letters.encode()) for key in keys]
    return Check.VALID if any(sound) else Check.WRONG


def _check_letters(reference: str, key: bytes) -> str:
    digest = hmac.new(key, _PURPOSE + reference.encode(), hashlib.sha256).digest()
    number = int.from_bytes(digest[:8])
    return "".join(ALPHABET[number >> 5 * place & 31] for place in range(_LETTERS))
