"""Reading JSON strictly: what another parser might read differently is refused.

The standard library's decoder with hooks is used rather than orjson, because orjson takes the last of two equal keys
and turns big integers into floats; finding that out afterwards costs more than the hooks (15 microseconds for an
enquiry of 1.8 kB; 0.1 s for the worst mebibyte).
"""

import json
import math
from collections.abc import Iterable
from typing import Any, NoReturn

from gateway.errors import BadJson

DEEPEST = 32
# The largest script of a diagnosis that may be has some 12,000. Without a limit one body of a mebibyte, a list of a
# quarter of a million faulty things, kept a service at it for seconds, and everybody else waiting.
MOST_VALUES = 20_000
_SMALLEST, _GREATEST = -(2**63), 2**63 - 1
_LONGEST_INTEGER = 20  # characters of -9223372036854775808


def loads(raw: bytes) -> Any:
    """The value that `raw` holds.

    Raises BadJson for anything but UTF-8 without a mark, NaN and infinities, two equal keys in an object, integers
    beyond 64 bits, NUL and lone surrogates in a string, more than 32 levels of nesting and more than 20,000 values.
    """
    try:
        text = raw.decode("utf-8")
        value = _decoder.decode(text)
    except UnicodeDecodeError:
        raise BadJson("The body is not UTF-8.") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise BadJson(f"The body is not JSON: {error.msg.lower()} at {place}.") from None
    except RecursionError:
        raise _too_deep() from None
    # Counting is fast and never counts too few; only a suspicion is worth a walk.
    if text.count("{") + text.count("[") > DEEPEST and _deeper_than(value, DEEPEST):
        raise _too_deep()
    if text.count(",") + text.count("{") + text.count("[") >= MOST_VALUES and _more_than(value, MOST_VALUES):
        raise BadJson(f"The body holds more than {MOST_VALUES} values.")
    if ("\\u0000" in text or "\\ud" in text.lower()) and _holds_bad_text(value):
        raise BadJson("The body holds a NUL or half of a surrogate pair in a string.")
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    whole = dict(pairs)
    if len(whole) != len(pairs):
        raise BadJson("An object in the body has two members of the same name.")
    return whole


def _integer(digits: str) -> int:
    if len(digits) <= _LONGEST_INTEGER and _SMALLEST <= (value := int(digits)) <= _GREATEST:
        return value
    raise BadJson("An integer in the body is beyond 64 bits.")


def _real(digits: str) -> float:
    value = float(digits)
    if math.isfinite(value):
        return value
    raise BadJson("A number in the body is too large.")


def _constant(name: str) -> NoReturn:
    raise BadJson(f"{name} is not JSON.")


def _too_deep() -> BadJson:
    return BadJson(f"The body is nested deeper than {DEEPEST} levels.")


def _deeper_than(value: Any, levels: int) -> bool:
    # Level by level rather than by recursion: a body may hold some 300,000 objects.
    level = [value]
    for _ in range(levels + 1):
        level = [each for each in level if type(each) in (dict, list)]
        if not level:
            return False
        level = [inner for each in level for inner in _inside(each)]
    return True


def _more_than(value: Any, most: int) -> bool:
    count, level = 1, [value]
    while level and count <= most:
        level = [inner for each in level for inner in _inside(each)]
        count += len(level)
    return count > most


def _inside(value: Any) -> Iterable[Any]:
    return value.values() if type(value) is dict else value if type(value) is list else ()


def _holds_bad_text(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value)
    if isinstance(value, dict):
        return any(_holds_bad_text(key) or _holds_bad_text(item) for key, item in value.items())
    return isinstance(value, list) and any(_holds_bad_text(item) for item in value)


_decoder = json.JSONDecoder(object_pairs_hook=_object, parse_int=_integer, parse_float=_real, parse_constant=_constant)
