"""What somebody wrote anew, without what they quoted.

mail-parser-reply knows the lines with which mail programs begin what they quote. Only its pattern for those is used:
its own way through a text takes more than the square of time on lines made for that, and loses what is written below
and between quotations.
"""

import re
from functools import cache

from mailparser_reply import EmailMessage

_LANGUAGES = ("en", "de", "fr", "es", "it", "pl", "nl")
# Introductions are short. Longer lines are looked at in part, and no further than this: time grows with both.
_LONGEST_LINE = 160
_MOST_LINES = 1_500

_INTRODUCES = re.compile(
    r"[\W_]*(?:begin forwarded message|forwarded (?:message|by)|original message|original appointment)\b.*"
    r"|[-_=*\s]{5,}",
    re.IGNORECASE,
)


def fold(text: str) -> str:
    """The text without what is quoted in it; all of it when nothing else is in it, as when mail is only passed on."""
    lines = text.split("\n")
    kept = _kept(lines)
    written = "\n".join(kept).strip("\n")
    return re.sub(r"\n{3,}", "\n\n", written) if written.strip() else text


def _kept(lines: list[str]) -> list[str]:
    quoted = {number for number, line in enumerate(lines) if line.lstrip().startswith(">")}
    for start, end in _introductions(lines):
        below = next((number for number in range(end, len(lines)) if lines[number].strip()), None)
        if below is not None and below not in quoted:
            # Outlook's way: all below is quoted, and nothing marks it.
            lines = lines[:start]
            break
        quoted.update(range(start, end))
    kept = [line for number, line in enumerate(lines) if number not in quoted]
    while kept and (not kept[-1].strip() or _INTRODUCES.fullmatch(kept[-1].strip()[:_LONGEST_LINE])):
        kept.pop()
    return kept


def _introductions(lines: list[str]) -> list[tuple[int, int]]:
    """From which line to which one the lines introduce what is quoted, in their order."""
    # Each stands as long as it was found to be, so that places are those of the lines.
    searched = "\n".join(line.strip()[:_LONGEST_LINE] for line in lines[:_MOST_LINES])
    found = []
    for match in _pattern().finditer(searched):
        said = match[0].strip("\n")
        start = searched.count("\n", 0, match.start() + len(match[0]) - len(match[0].lstrip("\n")))
        found.append((start, start + said.count("\n") + 1))
    return found


@cache
def _pattern() -> re.Pattern[str]:
    pattern: re.Pattern[str] = EmailMessage("", languages=list(_LANGUAGES)).HEADER_REGEX
    return pattern
