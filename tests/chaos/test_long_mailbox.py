"""1,000 messages in a mailbox, and its reader killed at random until all are filed."""

import pytest

from tests.fixtures.dovecot import ImapServer
from tests.fixtures.stores import MakeDatabase
from tests.service.mail_siege import besiege

MESSAGES = 1_000


@pytest.mark.timeout(1800)
def test_a_thousand_messages_are_a_thousand_enquiries(imap_server: ImapServer, database: MakeDatabase) -> None:
    assert besiege(imap_server, database("intake"), MESSAGES) > 5
