"""Keys and certificates that a simulated device has when it leaves the factory."""

from __future__ import annotations

import datetime
import ipaddress

import asyncssh
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

TEN_YEARS = datetime.timedelta(days=3650)


def make_ssh_key(comment: str = "") -> str:
    """A new ed25519 private key, as OpenSSH PEM; `comment` is kept inside, as ssh-keygen keeps it."""
    return asyncssh.generate_private_key("ssh-ed25519", comment=comment or None).export_private_key().decode()


def ssh_public(private_pem: str, comment: str = "") -> str:
    """The public line (`ssh-ed25519 AAAA… comment`) of an OpenSSH PEM key. Raises: ValueError."""
    key = serialization.load_ssh_private_key(private_pem.encode(), None)
    line = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    return f"{line.decode()} {comment}".strip()


def make_certificate(name: str) -> tuple[str, str]:
    """A new P-256 key and a certificate that it signed itself, both PEM, as a BMC makes at its first boot."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    loopback = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    names = [x509.DNSName(name), x509.DNSName("localhost"), loopback]
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + TEN_YEARS)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private.decode(), certificate.public_bytes(serialization.Encoding.PEM).decode()


def certificate_fingerprint(certificate_pem: str) -> str:
    """SHA-256 over the DER form, 64 lower-case hexadecimal digits. Raises: ValueError."""
    return x509.load_pem_x509_certificate(certificate_pem.encode()).fingerprint(hashes.SHA256()).hex()
