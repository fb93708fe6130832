"""The mailboxes: e-mail is taken out of them and filed, and what is queued is sent.

A process of its own, `python -m services.intake.mailbox`.
"""
