"""What may be done with a job, and with an override, in each of their states."""

from collections.abc import Mapping

# A job that has ended allows nothing. Only a re-scoring is ever proposed, and waits for a person's word.
OF_JOB: Mapping[str, tuple[str, ...]] = {
    "queued": ("cancel",),
    "running": ("cancel",),
    "proposed": ("apply", "cancel"),
    "applying": ("cancel",),
}
OF_OVERRIDE: Mapping[str, tuple[str, ...]] = {"proposed": ("confirm", "withdraw"), "in_force": ("withdraw",)}
