"""Sending under eventlet, as in a service's process: the same outcomes, and nothing else is kept waiting."""

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from services.referrals.service import ReferralsService
from tests.fixtures.stores import MakeDesk
from tests.service.certificates import Authority
from tests.service.referrals_receivers import drips, floods, hangs_up, hostile, is_silent, receiver, says
from tests.service.referrals_samples import deliveries, endpoint, sent

HOSTILE = [
    (is_silent, "timeout", None),
    (drips(b"HTTP/1.1 200 OK\r\nX: ", b"y"), "timeout", None),
    (hangs_up, "connection", None),
    (says(b"SSH-2.0-OpenSSH_9.2\r\n"), "not_http", None),
    (says(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\n\r\n"), None, 302),
    (floods(b"HTTP/1.1 500 Oh\r\n\r\n", [0]), None, 500),
]


def test_a_green_process_delivers_and_answers_meanwhile(
    desk: MakeDesk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # given subscribers that are well, with TLS and without, and slow and hostile ones, with TLS and without
    authority = Authority(tmp_path)
    monkeypatch.setenv("WEBHOOK_ALLOW_LOOPBACK", "1")
    referrals = desk(ReferralsService)
    with ExitStack() as stack:
        well = [stack.enter_context(receiver(tls)) for tls in (None, authority.serves("127.0.0.1"))]
        for there in well:
            endpoint(referrals, there.url)
        bad = [endpoint(referrals, stack.enter_context(hostile(behave)))["id"] for behave, _, _ in HOSTILE]
        handshake = stack.enter_context(hostile(drips(b"\x16\x03\x03\x40\x00", b"\x02")))
        bad.append(endpoint(referrals, handshake.replace("http:", "https:"))["id"])
        for _ in range(3):
            sent(referrals)
        # when a process that eventlet has patched delivers
        url = referrals.database.engine.url.render_as_string(hide_password=False)
        ran = subprocess.run(
            [sys.executable, "-m", "tests.service.referrals_green", url],
            env={**os.environ, "SSL_CERT_FILE": str(authority.path)},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    # then each delivery ended as it does in threads, and the process was never held up for long
    assert ran.returncode == 0, ran.stderr
    made, longest = ran.stdout.split()
    assert [len(there.got) for there in well] == [3, 3]
    assert int(made) == 3 * (len(bad) + 2)
    outcomes = [*((fault, answer) for _, fault, answer in HOSTILE), ("timeout", None)]
    for endpoint_id, outcome in zip(bad, outcomes, strict=True):
        found = {(one["last_fault"], one["last_answer"]) for one in deliveries(referrals, endpoint=endpoint_id)}
        assert found == {outcome}
    assert float(longest) < 0.9
