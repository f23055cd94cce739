"""Self-signed identities of the lab's devices: key and certificate as PEM, fingerprint, server context."""

from __future__ import annotations

import datetime
import hashlib
import ssl
import tempfile
from pathlib import Path
from typing import NamedTuple

_LIFETIME = datetime.timedelta(days=3650)
_BACKDATED = datetime.timedelta(days=2)


class TlsIdentity(NamedTuple):
    """A private key and its self-signed certificate, PEM: `Access.tls_key` and `Access.tls_certificate`."""

    key: str
    certificate: str


def make_identity(name: str, addresses: tuple[str, ...] = ("127.0.0.1", "::1")) -> TlsIdentity:
    """A new EC P-256 key and its certificate for `name`, `localhost` and the IP `addresses`.

    It is valid from two days ago, for ten years.
    """
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    names: list[x509.GeneralName] = [x509.DNSName(name), x509.DNSName("localhost")]
    names += [x509.IPAddress(ipaddress.ip_address(address)) for address in addresses]
    begins = datetime.datetime.now(datetime.UTC) - _BACKDATED
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + _LIFETIME)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return TlsIdentity(private.decode(), certificate.public_bytes(serialization.Encoding.PEM).decode())


def fingerprint(certificate: str) -> str:
    """SHA-256 of the DER form of a PEM certificate, 64 lower-case hex digits, as inventories pin it."""
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate)).hexdigest()


class ServerTls:
    """The context to listen with; `use` sets what the next handshake shows."""

    def __init__(self) -> None:
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._loaded: TlsIdentity | None = None

    def use(self, identity: TlsIdentity) -> None:
        """Show `identity` from the next handshake on; costs nothing while it is the same."""
        if identity == self._loaded:
            return
        with tempfile.TemporaryDirectory(prefix="lab-tls-") as folder:
            path = Path(folder) / "both.pem"
            path.touch(mode=0o600)
            path.write_text(identity.key + identity.certificate)
            self.context.load_cert_chain(path)
        self._loaded = identity
