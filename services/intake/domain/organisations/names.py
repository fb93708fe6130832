"""The one form in which names of public bodies are compared, however they are typed."""

import re
import unicodedata

_APOSTROPHES = re.compile("['`´‘’ʼʹ＇]")
_WORD = re.compile(r"[^\W_]+")
# What some write and others leave out. A trust keeps its name when it becomes a foundation trust.
_ENDINGS = tuple(
    tuple(ending.split())
    for ending in ("nhs foundation trust", "nhs trust", "nhs ft", "foundation trust", "foundation nhs trust", "ft")
)
_ARTICLE = "the"
_SHORT = {"saint": "st"}
# Some single characters are whole phrases once they are taken apart.
_LONGEST = 300
MOST_PARTS = 6


def normal_form(text: str) -> str:
    """A name without accents, apostrophes, case and punctuation, “&” as “and”, less an ending such as “NHS Trust”.

    Empty only for a text without letters and digits, never longer than 300 characters, and its own normal form.
    """
    plain = _APOSTROPHES.sub("", _folded(text)).replace("&", " and ")
    words = tuple(_SHORT.get(word, word) for word in _WORD.findall(plain))
    while len(words) > 1 and words[0] == _ARTICLE:
        words = words[1:]
    return " ".join(_without_endings(words))[:_LONGEST].rstrip()


def parts_of(typed: str) -> tuple[str, ...]:
    """The normal forms of what somebody typed for an organisation: the whole, then what commas and such set apart.

    People type a team, its trust and its town into one line.
    """
    pieces = [typed, *re.split(r"[,;/|()\[\]:\u2013\u2014]| - | at | of the ", typed)]
    forms = dict.fromkeys(normal_form(piece) for piece in pieces)
    return tuple(form for form in forms if form)[:MOST_PARTS]


def _without_endings(words: tuple[str, ...]) -> tuple[str, ...]:
    for ending in _ENDINGS if words not in _ENDINGS else ():
        if len(words) > len(ending) and words[-len(ending) :] == ending:
            return _without_endings(words[: -len(ending)])
    return words


def _folded(text: str) -> str:
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))
