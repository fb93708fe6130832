"""What somebody types into the search, made ready for PostgreSQL."""

import re
import unicodedata

# Below this a word is near too many others.
_SHORTEST, _MOST_WORDS = 4, 8
_EXCLUDED = re.compile(r'(?:^|(?<=\s))-(?:"[^"]*"?|\S+)')
_BARE_END = re.compile(r"(?:^|\s)\w+$")


def folded(text: str) -> str:
    """The text without accents, so that a name is found however it is typed."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(part for part in parts if not unicodedata.combining(part))


def is_being_typed(query: str) -> bool:
    """Whether the last word may go on: it is neither quoted nor excluded."""
    return query.count('"') % 2 == 0 and _BARE_END.search(query) is not None


def words_to_be_near(query: str) -> list[str]:
    """The words of a query that found nothing, to look for what is spelt nearly so: the first eight that are long."""
    found = re.findall(r"\w+", _EXCLUDED.sub(" ", query).lower())
    return list(dict.fromkeys(word for word in found if len(word) >= _SHORTEST))[:_MOST_WORDS]
