"""From bytes to text, whatever they claim to be, and text without what must not be stored."""

import codecs
import re
from encodings.aliases import aliases

from services.intake.mail.message import Fault

# Control characters but tab and new line; lone surrogates; the characters that Unicode says are none.
_UNWANTED = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_BREAKS = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_BLANKS = re.compile(r"\s+")
_UNUSUAL = re.compile(r"[^a-z0-9]+")

# Codecs of Python's that are no charsets of mail: bytes to bytes, and some that take quadratic time.
_NO_CHARSETS = {
    *("base64_codec", "bz2_codec", "hex_codec", "quopri_codec", "rot_13", "uu_codec", "zlib_codec"),
    *("idna", "mbcs", "oem", "palmos", "punycode", "raw_unicode_escape", "undefined", "unicode_escape"),
}
# What senders mean by a name (the WHATWG's Encoding Standard), where Python takes it at its word or does not know it.
_MEANT = {
    **dict.fromkeys(("ascii", "us_ascii", "iso8859_1", "latin_1", "iso_8859_1", "8bit", "7bit", "ansi"), "cp1252"),
    **dict.fromkeys(("gb2312", "gbk", "x_gbk", "gb_2312_80"), "gb18030"),
    **dict.fromkeys(("ks_c_5601_1987", "ksc5601", "euc_kr"), "cp949"),
    **dict.fromkeys(("shift_jis", "x_sjis", "sjis"), "cp932"),
    **dict.fromkeys(("tis_620", "windows_874", "iso_8859_11"), "cp874"),
    **{"iso_8859_9": "cp1254", "iso_8859_8_i": "iso8859_8", "unicode": "utf_16", "x_mac_roman": "mac_roman"},
}
_MARKS = ((codecs.BOM_UTF8, "utf_8_sig"), (codecs.BOM_UTF16_LE, "utf_16"), (codecs.BOM_UTF16_BE, "utf_16"))


def decode(content: bytes, charset: str | None, most: int, faults: set[Fault]) -> str:
    """The text in some bytes, at most so many characters of it, of which the stated charset is believed if it fits."""
    within = content[: 4 * most]
    whole = len(within) == len(content)
    stated = _codec(charset) if charset else "utf_8"
    for name in _likely(within, stated):
        try:
            text = codecs.getincrementaldecoder(name)("strict").decode(within, whole)
        except (LookupError, ValueError):
            continue
        break
    else:
        name, text = "none", within.decode("cp1252", "replace")
    if name not in (stated, *(mark for _, mark in _MARKS)) and not within.isascii():
        faults.add(Fault.CHARSET_GUESSED)
    if len(text) > most or not whole:
        faults.add(Fault.TEXT_CUT)
    return clean(text[:most])


def clean(text: str) -> str:
    """Text of any number of lines, with what must not be stored made visible as U+FFFD."""
    return _UNWANTED.sub("\ufffd", _BREAKS.sub("\n", text)).replace("\ufeff", "")


def clean_line(text: str) -> str:
    """Text on one line, likewise."""
    return _BLANKS.sub(" ", clean(text)).strip()


def unescaped(text: str) -> str:
    """Text of the parser, in which bytes beyond ASCII are surrogates, as those who sent them raw meant it."""
    if text.isascii():
        return text
    content = text.encode("utf-8", "surrogateescape")
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _likely(content: bytes, stated: str) -> list[str]:
    """Codecs to try. UTF-8 comes before the Western one, in which it would be readable too, and never meant."""
    marked = [name for mark, name in _MARKS if content.startswith(mark)]
    return [*marked, *(["utf_8"] if stated == "cp1252" else []), stated, "utf_8"]


def _codec(charset: str) -> str:
    """Python's name for a charset. Only names of its own table are looked up: it keeps every other one for ever."""
    name = _UNUSUAL.sub("_", charset.lower()).strip("_")
    name = _MEANT.get(name, aliases.get(name, name))
    name = _MEANT.get(name, name)
    return name if name in _KNOWN else "undefined"


_KNOWN = {*aliases.values(), *_MEANT.values(), "utf_8_sig", "cp874", "koi8_u"} - _NO_CHARSETS
