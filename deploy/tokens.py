"""Bearer tokens for the local system, signed by its own key."""

import time
from uuid import uuid4

import click
from joserfc import jwt
from joserfc.jwk import OKPKey

from deploy.errors import CannotRun
from deploy.home import AUDIENCE, ISSUER, Home, signing_key

# What a token may be for; who may do what is decided by the gateway's table of roles.
ROLES = (
    *("adviser", "admin", "analyst", "co_reviewer", "dpo", "leader", "manager", "ops", "portal", "private_office"),
    "triage_lead",
)


def signed(key: OKPKey, roles: tuple[str, ...], subject: str, client: str, seconds: float) -> str:
    """A JWT access token (RFC 9068) that is good from now for so many seconds."""
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": subject,
        "client_id": client,
        "roles": list(roles),
        "iat": now,
        "exp": now + int(seconds),
        "jti": str(uuid4()),
    }
    header = {"alg": "Ed25519", "typ": "at+jwt", "kid": key.kid}
    return jwt.encode(header, claims, key, algorithms=["Ed25519"])


@click.command()
@click.option("--role", "roles", type=click.Choice(ROLES), multiple=True, required=True, help="May be given again.")
@click.option("--subject", help="Whose token it is; <role>-1 if left out.")
@click.option("--client", help="Whose keys and, of a portal, whose enquiries: portal for a portal, else console.")
@click.option("--hours", type=click.FloatRange(0, 720), default=12, show_default=True, help="How long it is good.")
def token(roles: tuple[str, ...], subject: str | None, client: str | None, hours: float) -> None:
    """Print a bearer token for the local system."""
    home = Home.of_environment()
    if not home.token_keys.is_file():
        raise CannotRun(f"there is no local system in {home.path} yet: `make run` makes it and its keys.")
    # What came by a client is a portal's to see: it must be none that advisers use.
    client = client or ("portal" if set(roles) == {"portal"} else "console")
    click.echo(signed(signing_key(home), roles, subject or f"{roles[0]}-1", client, hours * 3600))
