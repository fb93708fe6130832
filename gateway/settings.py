"""The gateway's settings, all from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

_PROGRAMS = ("TELEPHONY_SECRET", "TELEPHONY_URL_SECRET", "TELEPHONY_ADDRESSES", "PROXY_ADDRESSES")
_NEEDED = ("BROKER_URL", "CALLER_SECRET", "CURSOR_SECRET", "TOKEN_KEYS", "TOKEN_ISSUER", "TOKEN_AUDIENCE")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the gateway's process is told by its environment.

    BROKER_URL its own broker user · CALLER_SECRET the secret that seals callers for the services · CURSOR_SECRET the
    secret that signs cursors · TOKEN_KEYS path or https address of the issuer's JSON Web Key set · TOKEN_ISSUER and
    TOKEN_AUDIENCE whose tokens, and for whom · REQUEST_DEADLINE_SECONDS how long a request may take · HOST and PORT
    where requests are taken · METRICS_HOST and METRICS_PORT where metrics are served · PID_FILE · LOG_LEVEL ·
    TELEPHONY_SECRET what the telephone exchange signs with (`whsec_…`) · TELEPHONY_URL_SECRET what it has in its URL
    where it cannot sign, and TELEPHONY_ADDRESSES where it sends from; without either, nothing of it is believed ·
    PROXY_ADDRESSES whose `X-Forwarded-For` is believed.
    """

    broker_url: str
    caller_secret: str
    cursor_secret: str
    token_keys: str
    token_issuer: str
    token_audience: str
    request_deadline_seconds: float = 5.0
    host: str = "127.0.0.1"
    port: int = 8000
    metrics_host: str = "127.0.0.1"
    metrics_port: int = 9100
    pid_file: str = ""
    log_level: str = "INFO"
    telephony_secret: str = ""
    telephony_url_secret: str = ""
    telephony_addresses: str = ""
    proxy_addresses: str = ""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read the settings. Raises ValueError naming those that are missing or are no numbers."""
        missing = [name for name in _NEEDED if not environment.get(name)]
        if missing:
            raise ValueError(f"Missing settings: {', '.join(missing)}.")
        return cls(
            **{name.lower(): environment[name] for name in _NEEDED},
            request_deadline_seconds=_number(environment, "REQUEST_DEADLINE_SECONDS", 5.0),
            host=environment.get("HOST", "127.0.0.1"),
            port=int(_number(environment, "PORT", 8000)),
            metrics_host=environment.get("METRICS_HOST", "127.0.0.1"),
            metrics_port=int(_number(environment, "METRICS_PORT", 9100)),
            pid_file=environment.get("PID_FILE", ""),
            log_level=environment.get("LOG_LEVEL", "INFO"),
            **{name.lower(): environment.get(name, "") for name in _PROGRAMS},
        )


def _number(environment: Mapping[str, str], name: str, usual: float) -> float:
    try:
        value = float(environment.get(name, usual))
    except ValueError:
        raise ValueError(f"{name} must be a number.") from None
    if not 0 < value < 65_536:
        raise ValueError(f"{name} must be above 0 and below 65536.")
    return value
