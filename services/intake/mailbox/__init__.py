"""The mailboxes: e-mail taken out of them and filed. A process of its own, `python -m services.intake.mailbox`."""
