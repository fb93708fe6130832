"""The folder of a local system: where everything of it is, and its secrets, made once."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_urlsafe

from joserfc.jwk import KeySet, OKPKey

from deploy.errors import CannotRun

# Tokens of the local system are of this issuer, for this audience.
ISSUER = "https://spinout.invalid/local"
AUDIENCE = "spinout"


@dataclass(frozen=True)
class Home:
    """The folder, `SPINOUT_HOME`, and the places in it."""

    path: Path

    @classmethod
    def of_environment(cls) -> "Home":
        """The folder that SPINOUT_HOME names; `var` in the current folder when it names none."""
        return cls(Path(os.environ.get("SPINOUT_HOME") or "var").resolve())

    @property
    def token_keys(self) -> Path:
        """The public keys that tokens are verified with, as a JSON Web Key set."""
        return self.path / "keys" / "public.json"

    def pid_file(self, process: str) -> Path:
        """Where the process's id is while it runs."""
        return self.path / "run" / f"{process}.pid"

    def log_file(self, process: str) -> Path:
        """Where the process writes its log."""
        return self.path / "log" / f"{process}.log"

    def make(self) -> None:
        """Make the folders. Raises CannotRun when they cannot be made."""
        try:
            for name in ("run", "log", "keys"):
                (self.path / name).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CannotRun(f"SPINOUT_HOME cannot be used: {error}. Name a folder that may be written.") from error

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the folder for this process. Raises CannotRun when another run holds it.

        The kernel frees it when its holder dies, so a killed run never stands in the way of the next.
        """
        with (self.path / "run" / "lock").open("a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.seek(0)
                raise CannotRun(
                    f"it runs already for {self.path} (process {file.read().strip() or 'unknown'}). "
                    "Stop that one first, or set SPINOUT_HOME and PORT to others for a second system."
                ) from None
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
            yield


class Secrets:
    """The generated passwords of a local system, by name; kept in one file that only its owner may read."""

    def __init__(self, home: Home) -> None:
        self._path = home.path / "keys" / "secrets.json"
        self._known: dict[str, str] = json.loads(self._path.read_text()) if self._path.is_file() else {}

    def __getitem__(self, name: str) -> str:
        """The secret of this name, made and kept when it is asked for the first time."""
        if name not in self._known:
            self._known[name] = token_urlsafe(32)
            write_private(self._path, json.dumps(self._known, indent=2))
        return self._known[name]


def signing_key(home: Home) -> OKPKey:
    """The Ed25519 key that signs the local system's tokens; made, with its public key set, when there is none."""
    private = home.path / "keys" / "signing.json"
    if not private.is_file():
        made = OKPKey.generate_key("Ed25519", {"use": "sig", "alg": "Ed25519"}, auto_kid=True)
        home.token_keys.write_text(json.dumps(KeySet([made]).as_dict(private=False), indent=2))
        write_private(private, json.dumps(made.as_dict(private=True), indent=2))
    return OKPKey.import_key(json.loads(private.read_text()))


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    new.rename(path)
