"""Reading e-mail: from the bytes of a message to what it says. No mailbox, no database, no network.

`reading.read_message` is the way in, `message.Message` is what comes out.
"""
