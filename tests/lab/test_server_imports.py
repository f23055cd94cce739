"""A lab that does not serve a protocol does not pay for its library."""

from __future__ import annotations

import subprocess
import sys

SERVERS = ("snmp_agent", "eapi_server", "gnmi_server", "redfish_server", "nvue_server")
HEAVY = ("pysnmp", "pyasn1", "grpc", "google.protobuf", "aiohttp", "cryptography")


def test_servers_import_their_libraries_only_when_they_start() -> None:
    imports = "; ".join(f"import bringup.lab.{name}" for name in SERVERS)
    program = f"import sys; {imports}; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
