"""`bringup probe` against servers that refuse, are silent or are something else: a reason, never a traceback.

Whatever goes wrong: exit 3, one JSON object with the outcome, and no secret in it or in the kept transcript.
"""

from __future__ import annotations

import http.server
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.peers.stand import Answer, snmpd, spoken, write_inventory
from tests.transport.peers import Sshd, free_port, make_key, sshd

Probe = Callable[..., Answer]
SECRETS = {"community": "the-right-community", "auth": "the-right-auth-key", "priv": "the-right-priv-key"}
WRONG = "a-wrong-secret-that-nobody-may-see"
USER = {"version": "3", "user": "reader", "auth": "sha256", "priv": "aes128"}
KEYS = {"auth_key": "file:auth", "priv_key": "file:priv"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "wrong").write_text(WRONG + "\n")
    for name, secret in SECRETS.items():
        (tmp_path / name).write_text(secret + "\n")
    return tmp_path


def fails(probe: Probe, folder: Path, outcome: str, platform: str, *words: str, **transports: Any) -> str:
    """Probe; it must end with `outcome` and tell no secret. Returns the warnings."""
    kept = folder / "transcript"
    found = probe(write_inventory(folder, platform, **transports), *words, "--transcript", str(kept))
    assert (found.status, found.outcome) == (3, outcome), found.text
    assert found.facts == {} and found.record["warnings"]
    for secret in (WRONG, *SECRETS.values()):
        assert secret not in found.text and secret not in kept.read_text()
    return " ".join(found.record["warnings"])


# net-snmp's agent


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with snmpd(tmp_path_factory.mktemp("snmpd"), **SECRETS) as port:
        yield port


def test_a_wrong_community_is_a_timeout_with_the_advice_to_check_it(
    agent: int, folder: Path, probe: Probe
) -> None:
    said = fails(
        probe, folder, "timeout", "snmp-switch", "identity", snmp={"port": agent, "community": "file:wrong"}
    )
    assert "community" in said


@pytest.mark.parametrize(
    ("wrong", "names"), [({"auth_key": "file:wrong"}, "digest"), ({"user": "nobody"}, "user")]
)
def test_a_wrong_v3_login_is_refused_by_name(
    agent: int, folder: Path, probe: Probe, wrong: dict[str, str], names: str
) -> None:
    access = {"port": agent, **USER, **KEYS, **wrong}
    assert names in fails(probe, folder, "refused", "snmp-switch", "identity", snmp=access)


def test_a_host_where_a_pdu_should_be_has_no_data_for_it(agent: int, folder: Path, probe: Probe) -> None:
    access = {"port": agent, "community": "file:community"}
    said = fails(probe, folder, "no_data", "apc-pdu", "outlets", snmp=access)
    assert "rPDU2" in said or "1.3.6.1.4.1.318" in said


# OpenSSH's server


@pytest.fixture(scope="module")
def openssh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    folder = tmp_path_factory.mktemp("sshd")
    with sshd(folder, lines=(f"SetEnv HOME={folder}",)) as started:
        yield started


def test_a_wrong_password_is_refused_and_sent_once(openssh: Sshd, folder: Path, probe: Probe) -> None:
    before = openssh.log_text().count("Failed password")
    login = {"user": "root", "port": openssh.port, "host_key": openssh.host_key, "password": "file:wrong"}
    said = fails(probe, folder, "refused", "linux", ssh=login)
    assert "not tried again" in said, "the other capabilities were asked for, too"
    assert openssh.log_text().count("Failed password") - before == 1


def test_an_unknown_host_key_is_refused_with_the_command_that_trusts_it(
    openssh: Sshd, folder: Path, probe: Probe
) -> None:
    login = {"user": "root", "port": openssh.port, "password": "file:wrong"}
    assert "bringup trust" in fails(probe, folder, "refused", "linux", "identity", ssh=login)


def test_a_changed_host_key_is_refused_and_both_fingerprints_are_shown(
    openssh: Sshd, folder: Path, probe: Probe
) -> None:
    before = openssh.log_text().count("Failed password")
    other = make_key(folder / "other")
    login = {"user": "root", "port": openssh.port, "password": "file:wrong", "host_key": other}
    said = fails(probe, folder, "refused", "linux", "identity", ssh=login)
    assert "CHANGED" in said
    for key in (folder / "other.pub", openssh.folder / "host.pub"):
        assert spoken("ssh-keygen", "-lf", str(key)).split()[1] in said
    assert openssh.log_text().count("Failed password") == before, "a password went to a stranger"


def test_a_key_that_nobody_authorised_is_refused(openssh: Sshd, folder: Path, probe: Probe) -> None:
    make_key(folder / "unknown")
    login = {"user": "root", "port": openssh.port, "host_key": openssh.host_key}
    fails(probe, folder, "refused", "linux", "identity", ssh={**login, "key": str(folder / "unknown")})


# nobody there, and somebody else there

HTTP = {"tls": False, "user": "admin", "password": "file:wrong"}
BY_TRANSPORT = {
    "ssh": ("linux", {"user": "root", "password": "file:wrong"}),
    "snmp": ("snmp-switch", {"community": "file:wrong"}),
    "gnmi": ("sonic", HTTP),
    "eapi": ("eos", HTTP),
    "redfish": ("redfish-bmc", HTTP),
}
FIRST = {"ssh": "identity", "snmp": "identity", "gnmi": "ports", "eapi": "identity", "redfish": "identity"}


@pytest.mark.parametrize("transport", sorted(BY_TRANSPORT))
def test_a_closed_port_is_refused(transport: str, folder: Path, probe: Probe) -> None:
    platform, settings = BY_TRANSPORT[transport]
    port = free_port(socket.SOCK_DGRAM if transport == "snmp" else socket.SOCK_STREAM)
    said = fails(
        probe, folder, "refused", platform, FIRST[transport], **{transport: {**settings, "port": port}}
    )
    assert f"127.0.0.1:{port}" in said


class OnePage(http.server.SimpleHTTPRequestHandler):
    """The standard library's web server with one page, whatever it is asked for."""

    page = b"<html><body>It works!</body></html>"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(self.page)))
        self.end_headers()
        self.wfile.write(self.page)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Silent."""


@pytest.fixture(scope="module")
def web() -> Iterator[int]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), OnePage) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("transport", "outcome"),
    [
        ("eapi", "unparsable"),
        ("redfish", "unparsable"),
        ("gnmi", "refused"),  # it takes HTTP/2 for nonsense and hangs up
        ("ssh", "refused"),
    ],
)
def test_a_web_page_is_no_answer_of_a_device(
    web: int, transport: str, outcome: str, folder: Path, probe: Probe
) -> None:
    platform, settings = BY_TRANSPORT[transport]
    fails(probe, folder, outcome, platform, FIRST[transport], **{transport: {**settings, "port": web}})


@contextmanager
def babbler() -> Iterator[int]:
    """A UDP port that answers each datagram with bytes of no meaning."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))

        def babble() -> None:
            while True:
                asked, sender = sock.recvfrom(2048)
                if not asked:
                    return
                sock.sendto(b"\x30\x84\xff\xff\xff\xff\x1b[31mboo", sender)

        thread = threading.Thread(target=babble)
        thread.start()
        try:
            yield sock.getsockname()[1]
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours:
                ours.sendto(b"", sock.getsockname())
            thread.join()


def test_datagrams_of_no_meaning_are_unparsable(folder: Path, probe: Probe) -> None:
    with babbler() as port:
        said = fails(
            probe, folder, "unparsable", "snmp-switch", "identity",
            snmp={"port": port, "community": "file:wrong"},
        )  # fmt: skip
    assert "\x1b" not in said
