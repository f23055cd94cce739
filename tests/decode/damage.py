"""What damage is, and how to see that it gave nothing: shared by the tests of all formats."""

from __future__ import annotations

import json

import msgspec

from bringup.decode.registry import Format
from bringup.model.facts import Decoded


def values(decoded: Decoded) -> dict[str, object]:
    """Every value that was found, by its path."""
    found: dict[str, object] = {}

    def walk(node: object, path: str) -> None:
        if isinstance(node, dict):
            if "reading" in node and "value" in node:
                if node["reading"] == "value":
                    found[path] = node["value"]
                return
            for key, part in node.items():
                walk(part, f"{path}/{key}")
        elif isinstance(node, list | tuple):
            for at, part in enumerate(node):
                walk(part, f"{path}[{at}]")
        elif node is not None:
            found[path] = node

    walk(msgspec.to_builtins(decoded.facts), "")
    return found


def figures(decoded: Decoded) -> list[object]:
    """The numbers and yes-or-no answers among the values: what can be judged. Any text could be a name."""
    return [told for told in values(decoded).values() if not isinstance(told, str)]


def check_cut(made: Format, whole: bytes, cut: int, all_of_it: dict[str, object]) -> None:
    decoded = made.decode(whole[:cut])
    if decoded.outcome != "ok":
        assert decoded.facts == {}
        assert decoded.warnings
        return
    found = values(decoded)
    assert found, f"an empty success after {cut} of {len(whole)} bytes"
    new = {path: told for path, told in found.items() if all_of_it.get(path) != told}
    assert new == {}, f"after {cut} of {len(whole)} bytes"


def encoded(held: object) -> bytes:
    return json.dumps(held, indent=1).encode() + b"\n"


HOSTILE = {
    "zeros": b"\0" * 300_000,
    "blanks": b" " * 300_000 + b"x",
    "dashes": b"-" * 300_000 + b"\n",
    "short-dashes": b"-- " * 100_000 + b"\n",
    "tabs": b"\t" * 300_000 + b"\n",
    "colons": b"a: " * 100_000 + b"\n",
    "digits": b"9" * 300_000 + b"\n",
    "commas": b"1,111," * 50_000 + b"\n",
    "brackets": b"[" * 300_000,
    "braces": b'{"lldp":' * 50_000,
    "quotes": b'"' * 300_000,
    "lines": b"\n" * 300_000 + b"x\n",
    "many-columns": (b"-- " * 20_000 + b"\n") * 5,
    "invalid": b"\xff\xfe" * 150_000 + b"\n",
    "escapes": b"\x1b[2J\x1b]0;x\x07" * 20_000 + b"\n",
}
BOMBS = {
    "arrays": b"[" * 500_000,
    "objects": b'{"lldpNeighbors":' * 50_000,
    "closed": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "under-a-key": b'{"components": {"component": ' + b'{"a":' * 400 + b"1" + b"}" * 402,
    "wide": b'{"interfaces": {' + b",".join(b'"E%d": {}' % at for at in range(50_000)) + b"}}",
    "elements": b"<a>" * 300_000,
    "closed-elements": b"<a>" * 100 + b"</a>" * 100,
    "many-elements": b"<interface-information>" + b"<a/>" * 500_000 + b"</interface-information>",
    "entities": (
        b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><interface-information>&c;'
        b"</interface-information>"
    ),
    "long-text": b"<interface-information>" + b"x" * 300_000 + b"</interface-information>",
    "results": b'{"result":' * 50_000,
}
"""Deep, wide and endless documents."""
SHELL_ERRORS = (
    b"Error: something is wrong\n",
    b"Traceback (most recent call last):\n  File \"x\", line 1, in <module>\nKeyError: 'PORT'\n",
    b"bash: line 1: show: command not found\n",
    b"-bash: /usr/bin/show: Permission denied\n",
    b"cat: /proc/uptime: No such file or directory\n",
    b"Usage: show [OPTIONS] COMMAND [ARGS]...\n",
    b"sudo: a password is required\n",
)
"""What shells say where an output should be: not even a bare word is read from these."""
ERRORS = {
    "rpc": encoded({"jsonrpc": "2.0", "id": 1, "error": {"code": 1002, "message": "invalid command"}}),
    "eos": encoded([{"errors": ["Invalid input (at token 1: 'x')"]}]),
    "eos-unsupported": encoded({"errors": ["Unavailable command (not supported on this hardware platform)"]}),
    "redfish": encoded({"error": {"code": "Base.1.0.GeneralError", "message": "no"}}),
    "redfish-bare": encoded({"error": {}}),
    "html": b"<!DOCTYPE html><html><body>502 Bad Gateway</body></html>\n",
    "text": b"% Invalid input\n",
    "empty-object": b"{}\n",
    "empty-list": b"[]\n",
    "null": b"null\n",
    "mlxlink": b"-E- Failed to open device: /dev/mst/x\n",
    "mlxlink-json": json.dumps(
        {"status": {"code": 1, "message": "failed"}, "result": {"output": {}}}
    ).encode(),
    "nvue": json.dumps({"title": "Not Found", "status": 404, "detail": "no such item"}).encode() + b"\n",
    "nxos": b"                      ^\n% Invalid command at '^' marker.\n",
    "nxos-syntax": b"Syntax error while parsing 'show foo'\n",
    "junos": b"           ^\nunknown command.\n",
    "junos-error": b"error: command is not valid on the qfx5240\n",
    "junos-rpc": b"<rpc-reply><rpc-error><error-message>no</error-message></rpc-error></rpc-reply>\n",
    "ib": b"ibwarn: [17] mad_rpc_open_port: can't open UMAD port ((null):0)\n",
    "shell": b"bash: line 1: nv: command not found\n",
    "xml": b"<a/>\n",
    "bash": b"bash: tool: command not found\n",
    "traceback": b"Traceback (most recent call last):\n  File x\n",
    "no connection": b"Error: unable to establish a connection to the specified host: localhost\n",
    "no driver": b"NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n",
    "mismatch": b"Failed to initialize NVML: Driver/library version mismatch\n",
    "no devices": b"No devices were found\n",
    "no tool": b"bash: line 1: nvidia-smi: command not found\n",
    "kernel log": b"dmesg: read kernel buffer failed: Operation not permitted\n",
    "memory": b"CUDA error: out of memory\n",
    "json error": b'{"error": "no"}\n',
    "page": b"<html><body>503</body></html>\n",
    "page 502": b"<html>502</html>\n",
}
"""What devices and tools say with exit status 0 or HTTP status 200 where an output should be."""
