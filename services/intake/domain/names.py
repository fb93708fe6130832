"""Names of people and bodies: the form in which they are searched for and compared. Shown is what was typed.

The folding is done here, once, and its result is stored: PostgreSQL's `unaccent` knows neither particles nor two forms
of one letter, and a query folded by one rule would miss rows folded by another. Whoever changes the rule folds the
stored names anew by a migration (0006 shows how).
"""

import unicodedata
from collections.abc import Iterable

# What people type, or a keyboard makes of it, where a name has an apostrophe: O’Neill is found as O'Neill and ONeill.
_APOSTROPHES = dict.fromkeys(map(ord, "'’‘‛`´ʼʻʹʽ′＇"))
# Letters that Unicode does not take apart.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"})
# Gaelic particles that are written apart, together or short: Ó Néill, Mac Donald, McDonald.
_PARTICLES = frozenset({"o", "mac", "mc"})
_LEGAL_FORMS = frozenset({"the", "and", "of", "ltd", "limited", "llp", "plc", "cic", "cio"})


def folded(name: str) -> str:
    """A name as it is compared: without accents, apostrophes, hyphens and case. Empty when it has no letter.

    Words stay in their order, with one blank between; `Siân  O’Neill-Jones` is `sian oneill jones`.
    """
    plain = _decomposed(_decomposed(name.translate(_APOSTROPHES)).casefold()).translate(_APOSTROPHES)
    kept = "".join(_kept(sign) for sign in plain).translate(_LETTERS)
    return " ".join(_joined(kept.split()))


def organisation_key(name: str | None) -> str | None:
    """What two spellings of one body's name have in common: no articles, no legal form. None when nothing is left."""
    words = folded(name or "").split()
    return " ".join([word for word in words if word not in _LEGAL_FORMS] or words) or None


def _decomposed(text: str) -> str:
    return unicodedata.normalize("NFKD", text)


def _kept(sign: str) -> str:
    """A letter, figure or spacing vowel sign as it is, no accent, and a blank for all else."""
    category = unicodedata.category(sign)
    if category in ("Mn", "Me"):
        return ""
    return sign if category[0] in "LN" or category == "Mc" else " "


def _joined(words: Iterable[str]) -> Iterable[str]:
    before = ""
    for word in words:
        whole = before + word
        if word in _PARTICLES:
            before = whole
            continue
        yield f"mac{whole[2:]}" if whole.startswith("mc") else whole
        before = ""
    if before:
        yield before
