"""What somebody types into the search, made ready for PostgreSQL."""

import re
import unicodedata

# A shorter word is near too many others, a longer one is none.
_SHORTEST, _LONGEST, MOST_WORDS = 4, 40, 8
_EXCLUDED = re.compile(r'(?:^|(?<=\s))-(?:"[^"]*"|\S+)')
_EXCLUDES_NOTHING = re.compile(r'-(?![^\W_]|")')
_BARE_END = re.compile(r"(?:^|\s)\w+$")


def folded(text: str) -> str:
    """The text without accents, so that a name is found however it is typed."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(part for part in parts if not unicodedata.combining(part))


def as_query(text: str) -> str:
    """The text as a query: folded, and without dashes that exclude nothing. PostgreSQL fails at 33 of them."""
    return _EXCLUDES_NOTHING.sub(" ", folded(text))


def excluded(query: str) -> str:
    """The part of a query that says what is not wanted; empty when there is none."""
    return " ".join(_EXCLUDED.findall(query))


def is_being_typed(query: str) -> bool:
    """Whether the last word may go on: it is neither quoted nor excluded."""
    return query.count('"') % 2 == 0 and _BARE_END.search(query) is not None


def words_to_be_near(query: str) -> list[str]:
    """The words of a query that found nothing, to look for what is spelt nearly so: the first eight that are long.

    Whoever puts words in quotes means them as they are.
    """
    return [] if '"' in query else long_words(_EXCLUDED.sub(" ", query))[:MOST_WORDS]


def long_words(text: str) -> list[str]:
    """The words of a text that are long enough to be told from others when they are misspelt, each once."""
    words = re.findall(r"\w+", text.lower())
    return list(dict.fromkeys(word for word in words if _SHORTEST <= len(word) <= _LONGEST))


def slips(word: str) -> list[str]:
    """The word itself, and as it would be with two neighbouring letters changed over: the commonest slip."""
    swapped = (word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1))
    return list(dict.fromkeys((word, *swapped)))
