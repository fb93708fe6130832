"""How far the player is: one line that is rewritten on a terminal, a line now and then elsewhere."""

import time
from threading import Lock
from typing import TextIO

# A terminal is rewritten at most this often, in seconds; elsewhere each further tenth of the way makes a line.
_REDRAW = 0.1
_TENTHS = 10


class Progress:
    """Counts what is done and shows it. Safe for threads."""

    def __init__(self, out: TextIO, stories: int, steps: int) -> None:
        self._out, self._is_terminal = out, out.isatty()
        self._of = {"sent": stories, "triaged": stories, "steps": steps}
        self._done = dict.fromkeys(self._of, 0)
        self._shown_at, self._shown_tenth = 0.0, 0
        self._lock = Lock()

    def count(self, what: str) -> None:
        """One more enquiry is `sent` or `triaged`, or one more of the `steps` is behind us."""
        with self._lock:
            self._done[what] += 1
            self._show()

    def end(self) -> None:
        """Show how far it came, and leave the line."""
        with self._lock:
            if self._is_terminal:
                self._out.write(f"\r{self._line()}\x1b[K\n")
                self._out.flush()

    def _show(self) -> None:
        if self._is_terminal:
            now = time.monotonic()
            if now - self._shown_at >= _REDRAW:
                self._shown_at = now
                self._write(f"\r{self._line()}\x1b[K")
            return
        tenth = _TENTHS * sum(self._done.values()) // sum(self._of.values())
        if tenth > self._shown_tenth:
            self._shown_tenth = tenth
            self._write(f"{self._line()}\n")

    def _write(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()

    def _line(self) -> str:
        done, of = self._done, self._of
        return (
            f"  enquiries sent {done['sent']}/{of['sent']}, triaged {done['triaged']}/{of['triaged']}, "
            f"steps played {done['steps']}/{of['steps']}"
        )
