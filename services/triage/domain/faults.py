"""A fault of a criteria document: where it is, and what is wrong there."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """`pointer` is a JSON pointer into the document ("" for the whole), `message` a plain sentence."""

    pointer: str
    message: str
