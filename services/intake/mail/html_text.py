"""From HTML to text, with what was quoted marked by `>` as in plain text.

nh3 builds a tree of HTML, and trees can be made to take the square of time and memory: by tags within tags, and by
attributes of formatting. So only the tags that shape text come before it, bare, and not too deep.
"""

import re
from html.parser import HTMLParser

import nh3

from services.intake.mail.charsets import clean
from services.intake.mail.message import Fault

LONGEST_HTML = 1_000_000
_LONGEST_SHAPED = 250_000
_DEEPEST = 200
_DEEPEST_QUOTE = 10

_PARAGRAPHS = {"p", "blockquote", "pre", "ul", "ol", "table"}
_LINES = {"br", "div", "hr", "li", "tr"}
_CELLS = {"td", "th"}
_SHAPING = _PARAGRAPHS | _LINES | _CELLS
_UNSEEN = {"script", "style", "title", "template", "textarea", "noscript", "svg", "object"}
# Tags that look the same in plain text as these, which cannot be made to stand in themselves.
_AS = {**dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "p"), **dict.fromkeys(("dt", "dd"), "br")}
# Tags that can stand in themselves without end.
_NESTING = {"div", "blockquote", "pre", "ul", "ol", "table", *_UNSEEN}

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:]*)((?:\"[^\"<]*\"|'[^'<]*'|[^<>\"'])*)>?")
_NO_ENTITY = re.compile(r"&(?![A-Za-z]{2,8};|#)")
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_META_CHARSET = re.compile(rb"<meta[^<>]{0,200}charset\s*=\s*[\"']?([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)


def text_of(html: str, faults: set[Fault]) -> str:
    """The text of some HTML, as a reader sees it; the beginning of it, where there is a great deal."""
    shaped = _shape(html[:LONGEST_HTML])
    if len(html) > LONGEST_HTML or len(shaped) > _LONGEST_SHAPED:
        faults.add(Fault.TEXT_CUT)
    safe = nh3.clean(shaped[:_LONGEST_SHAPED], tags=_SHAPING, clean_content_tags=_UNSEEN, attributes={})
    writer = _Writer()
    writer.feed(safe)
    writer.close()
    return clean(writer.text())  # once more: &#3; was harmless until now


def charset_of(html: bytes) -> str | None:
    """The charset that HTML states itself."""
    stated = _META_CHARSET.search(html[:4096])
    return stated[1].decode("ascii") if stated else None


def _shape(html: str) -> str:
    """The HTML with only those tags that shape text or hide it, without attributes, and not nested too deep."""
    opened = dict.fromkeys(_NESTING, 0)
    deep = 0

    def kept(tag: re.Match[str]) -> str:
        nonlocal deep
        end, name = tag[1], tag[2].lower()
        name = _AS.get(name, name)
        if name not in _SHAPING and name not in _UNSEEN:
            return ""
        if name in _NESTING and end:
            deep -= opened[name] > 0
            opened[name] = max(0, opened[name] - 1)
        elif name in _NESTING and not tag[3].endswith("/"):
            if deep >= _DEEPEST:
                return ""
            deep += 1
            opened[name] += 1
        return f"<{end}{name}>"

    return _TAG.sub(kept, _NO_ENTITY.sub("&amp;", html))


class _Writer(HTMLParser):
    """Writes the lines of clean HTML: of the tags in `_SHAPING`, each closed and without attributes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = []
        self._line: list[str] = []
        self._quoted = 0
        self._as_typed = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """Begin a block."""
        self._between(tag)
        if tag in _CELLS:
            self._line.append(" ")
        self._quoted += tag == "blockquote"
        self._as_typed += tag == "pre"
        if tag == "li":
            self._line.append("- ")

    def handle_endtag(self, tag: str) -> None:
        """End a block."""
        if tag != "br":
            self._between(tag)
        self._quoted -= tag == "blockquote"
        self._as_typed -= tag == "pre"

    def handle_data(self, data: str) -> None:
        """Write words."""
        if not self._as_typed:
            self._line.append(_BLANKS.sub(" ", data))
            return
        first, *others = data.split("\n")
        self._line.append(first)
        for line in others:
            self._end_line()
            self._line.append(line)

    def text(self) -> str:
        """All that was written, with one blank line at most in a row."""
        self._end_line()
        whole = "\n".join(line.rstrip() for line in self._lines)
        return re.sub(r"\n(?:[> ]*\n){2,}", "\n\n", whole).rstrip("\n> ").lstrip("\n")

    def _between(self, tag: str) -> None:
        if tag in _CELLS:
            return
        if tag == "br" or "".join(self._line).strip():
            self._end_line()
        if tag in _PARAGRAPHS and self._lines and self._lines[-1].strip("> "):
            self._lines.append("> " * min(self._quoted, _DEEPEST_QUOTE))

    def _end_line(self) -> None:
        line = "".join(self._line).replace("\xa0", " ")
        self._line.clear()
        self._lines.append(
            "> " * min(self._quoted, _DEEPEST_QUOTE) + (line.rstrip() if self._as_typed else line.strip())
        )
