"""Moments after which a connection is cut under whoever reads or writes it.

A socket's time-out is not enough: it starts anew with each byte that a slow server sends.
"""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

# Seconds between two looks at the clock while there is a connection to watch.
_LOOK = 0.05


class Deadline:
    """A moment so many seconds from now."""

    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds left, never none: 0 would switch a socket's time-outs off."""
        return max(self._at - time.monotonic(), 0.01)

    @property
    def passed(self) -> bool:
        """Whether it is over."""
        return time.monotonic() >= self._at


class Watch:
    """Cuts connections at their deadlines, from one thread that lives while there are any."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._watched: dict[socket.socket, Deadline] = {}
        self._is_running = False

    @contextmanager
    def over(self, wire: socket.socket, until: Deadline) -> Iterator[None]:
        """Shut the connection down at the deadline, if the block has not ended by then."""
        # A second handle on the same connection: the first one is taken over by TLS, and is not for two threads.
        handle = wire.dup()
        with self._lock:
            self._watched[handle] = until
            if not self._is_running:
                self._is_running = True
                threading.Thread(target=self._run, daemon=True).start()
        try:
            yield
        finally:
            with self._lock:
                del self._watched[handle]
            handle.close()

    def _run(self) -> None:
        while True:
            time.sleep(_LOOK)
            with self._lock:
                for handle in [handle for handle, until in self._watched.items() if until.passed]:
                    with suppress(OSError):
                        handle.shutdown(socket.SHUT_RDWR)
                if not self._watched:
                    self._is_running = False
                    return
