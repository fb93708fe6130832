"""Delivers what is due as a service's process does, under eventlet: `python -m tests.service.referrals_green URL`.

Prints how many attempts were made, and the longest time in seconds for which nothing else in the process could run.
"""

import eventlet

eventlet.monkey_patch()


def main() -> None:
    """Deliver, and watch a clock meanwhile."""
    import sys  # all of these after the patch, or a library would keep the blocking functions
    import time

    from chassis.database import Database
    from services.referrals.webhooks.addresses import AddressRules
    from services.referrals.webhooks.courier import Courier
    from services.referrals.webhooks.sending import Sender

    waits = [0.0]

    def tick() -> None:
        while True:
            began = time.monotonic()
            eventlet.sleep(0.01)
            waits.append(time.monotonic() - began)

    eventlet.spawn(tick)
    made = Courier(Database(sys.argv[1]), Sender(AddressRules(loopback=True), connect=0.5, total=1.0)).run()
    sys.stdout.write(f"{made} {max(waits):.3f}\n")


if __name__ == "__main__":
    main()
