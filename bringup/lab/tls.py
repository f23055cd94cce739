"""A server's TLS context whose certificate may be replaced while it listens. Keys are made in `keys`."""

from __future__ import annotations

import ssl
import tempfile
from pathlib import Path


class ServerTls:
    """The context to listen with; `use` sets what the next handshake shows."""

    def __init__(self) -> None:
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._loaded: tuple[str, str] | None = None

    def use(self, key: str, certificate: str) -> None:
        """Show `certificate` from the next handshake on (both PEM); costs nothing while it is the same."""
        if (key, certificate) == self._loaded:
            return
        with tempfile.TemporaryDirectory(prefix="lab-tls-") as folder:
            path = Path(folder) / "both.pem"
            path.touch(mode=0o600)
            path.write_text(key + certificate)
            self.context.load_cert_chain(path)
        self._loaded = (key, certificate)
