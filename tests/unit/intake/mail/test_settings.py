"""The settings of the mail process: what they mean, and what is said of wrong ones."""

import pytest

from services.intake.mailbox.settings import NOTIFY, Settings, Unusable, mailbox_at
from tests.service.notify_server import API_KEY, SECRET, SERVICE, TEMPLATE

KEY = "sixteen-bytes-and-more"
SOUND = {
    "DATABASE_URL": "postgresql://intake@localhost/intake",
    "MAILBOXES": "imaps://help%40mutuals.example:s%2Fcret@imap.example:1993/Shared%20box imap://other:x@imap.example",
    "MAIL_OWN_ADDRESSES": "help@mutuals.example info@mutuals.example",
    "MAIL_KEYS": f"{KEY} the-one-before-that",
    "SMTP_URL": "smtp://help:x@smtp.example",
    "MAIL_FROM": "Mutuals <help@mutuals.example>",
    "NOTIFY_API_KEY": API_KEY,
    "NOTIFY_TEMPLATES": f"enquiry_received={TEMPLATE} callback_not_reached={TEMPLATE}",
}


@pytest.fixture(autouse=True)
def sound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings that can be used."""
    for name, value in SOUND.items():
        monkeypatch.setenv(name, value)


def test_sound_settings_are_understood() -> None:
    settings = Settings.from_environment()

    first, second = settings.mailboxes
    assert (first.account.host, first.account.port, first.account.tls_first) == ("imap.example", 1993, True)
    assert (first.account.user, first.account.password) == ("help@mutuals.example", "s/cret")
    assert (first.folder, second.folder) == ("Shared box", "INBOX")
    assert (second.account.port, second.account.tls_first) == (143, False)
    assert (settings.rules.own[1], settings.rules.keys[0]) == ("info@mutuals.example", KEY.encode())
    assert settings.outgoing is not None
    assert (settings.outgoing.account.port, settings.outgoing.sender.domain) == (587, "mutuals.example")


def test_without_a_server_nothing_is_sent_and_without_mailboxes_nothing_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("SMTP_URL", "NOTIFY_API_KEY", "MAILBOXES", "MAIL_KEYS", "MAIL_OWN_ADDRESSES"):
        monkeypatch.delenv(name)

    settings = Settings.from_environment()

    assert (settings.outgoing, settings.notify, settings.mailboxes) == (None, None, ())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MAILBOXES", "http://a:secret@b"),
        ("MAILBOXES", "imaps://secret@b"),
        ("MAILBOXES", "imaps://a:secret@b:port"),
        ("MAILBOXES", "imaps://a:secret@b imaps://a:secret@b"),
        ("MAIL_OWN_ADDRESSES", "secret"),
        ("MAIL_KEYS", "secret"),
        ("MAIL_KEYS", ""),
        ("MAIL_MOST_PER_SENDER", "0"),
        ("MAIL_MOST_PER_SENDER", "secret"),
        ("SMTP_URL", "smtp://secret"),
        ("MAIL_FROM", "secret"),
        ("METRICS_PORT", "secret"),
        ("NOTIFY_API_KEY", "secret"),
        ("NOTIFY_TEMPLATES", "enquiry_received=secret"),
        ("NOTIFY_TEMPLATES", f"enquiry_received=secret callback_not_reached={TEMPLATE}"),
        ("NOTIFY_URL", "http://secret.example"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(Unusable, match=name) as raised:
        Settings.from_environment()

    assert "secret" not in str(raised.value)


def test_a_key_of_notify_is_taken_apart() -> None:
    notify = Settings.from_environment().notify

    assert notify is not None
    assert (notify.service, notify.secret) == (SERVICE, SECRET)
    assert (notify.url, notify.templates["enquiry_received"]) == (NOTIFY, TEMPLATE)
    assert SECRET not in repr(notify)


def test_notify_wants_our_own_key_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MAIL_KEYS")
    monkeypatch.delenv("SMTP_URL")

    with pytest.raises(Unusable, match="NOTIFY_API_KEY"):
        Settings.from_environment()


def test_no_password_shows_where_settings_are_printed() -> None:
    assert "s/cret" not in repr(Settings.from_environment())
    assert "secret" not in repr(mailbox_at("imaps://a:secret@b"))
    assert KEY not in repr(Settings.from_environment())
