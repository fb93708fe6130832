"""The outward edge: events told to addresses that somebody registered, in the manner of Standard Webhooks.

fanout      in the transaction of the change: one delivery for each endpoint that wants the event
endpoints   what may be done with endpoints and deliveries
courier     takes what is due, a few at a time, and notes what became of it
sending     one POST to an address that was checked, in bounded time and space
deadlines   cuts what takes too long
addresses   where nothing of ours may ever be sent
signing     secrets and signatures
"""
