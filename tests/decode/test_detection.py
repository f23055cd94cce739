"""Formats are told apart by themselves: each recorded file is its own format's, or clearly nobody's."""

from __future__ import annotations

from pathlib import Path

import pytest

from bringup.decode.registry import SNIFF_BYTES, all_formats, decode_detected, detect
from tests.decode.corpus import ROOT
from tests.decode.damage import values

PROSE = frozenset({"SOURCE.md", "expected.json", "NET-README.md"})
NOBODYS = frozenset(
    {
        "lldp/lldpcli-json0/malformed.json",
        "lldp/lldpctl-text/server102_empty.txt",
        "mlxlink-ibdiagnet/mlxlink-text/device_error.txt",
        "mlxlink-ibdiagnet/perfquery/perfquery_empty.txt",
        "gpu/dcgm_diag/not_json_error.txt",
        "gpu/nvidia_smi_csv/empty.csv",
        "gpu/nvidia_smi_nvlink/nvidia-smi.nvlink.status.a10",
        "gpu/superbench/test.yaml",
        "module-eeprom/sff8472/truncated_64_bytes.hex",
    }
)
"""Empty, an error message, no whole JSON, or no output of anything."""
FORMATS = {
    "arista-eapi": ("eos.",),
    "cabling": ("cabling.",),
    "cli-text/eos": ("eos.text-",),
    "cli-text/junos": ("junos.text-",),
    "cli-text/nxos": ("nxos.text-",),
    "cumulus/net-show-lldp": ("lldp.json0",),
    "cumulus/nvue-text": ("nvue.",),
    "ethtool": ("ethtool",),
    "gnmi": ("openconfig.",),
    "gpu/dcgm_diag": ("dcgm.",),
    "gpu/dcgm_nvlink": ("dcgm.",),
    "gpu/fabric_state": ("nvidia.",),
    "gpu/fabric_topology": ("ib.",),
    "gpu/fabricmanager": ("nvidia.",),
    "gpu/gpu_bandwidth_misc": ("cuda.", "shoc.", "superbench."),
    "gpu/gpu_burn": ("gpu-burn",),
    "gpu/gpu_healthcheck_summary": ("oci.",),
    "gpu/hpc_misc": ("gpcnet",),
    "gpu/ib_flap_syslog": ("ib.carrier-log",),
    "gpu/nccl_tests": ("nccl.",),
    "gpu/nvbandwidth": ("nvbandwidth",),
    "gpu/nvidia_smi_": ("nvidia.",),
    "gpu/ocp_diag": ("ocp.",),
    "gpu/perftest": ("perftest",),
    "gpu/slurm": ("slurm.",),
    "gpu/stream_mlc": ("stream", "mlc.", "superbench."),
    "gpu/superbench": ("superbench.",),
    "gpu/torch_distributed": ("megatron-",),
    "gpu/xid_dmesg": ("nvidia.",),
    "junos": ("junos.",),
    "lldp": ("lldp.",),
    "mlxlink-ibdiagnet": ("ib.", "mlxlink"),
    "module-eeprom": ("module.",),
    "nxos": ("nxos.",),
    "redfish": ("redfish.",),
    "snmp-bmc": ("snmp.idrac", "snmp.xcc"),
    "snmp-pdu": ("snmp.apc-pdu", "snmp.raritan-pdu", "snmp.servertech-pdu", "snmp.vertiv-pdu"),
    "snmp-switch": ("snmp.switch",),
    "sonic": ("sonic.",),
}
"""Folder -> how the names of its formats begin."""
LATER = {
    "gpu/amd_smi_json": ("amd.", "rocm."),
    "gpu/nccom_test": ("neuron.", "nccom"),
    "gpu/neuron": ("neuron.",),
    "gpu/rocm_smi_json": ("amd.", "rocm."),
    "gpu/rvs": ("amd.", "rocm.", "rvs"),
}
"""Folders without a decoder so far: nobody's, or one of these when there is one."""


def files() -> list[object]:
    if not ROOT.is_dir():
        return [pytest.param(None, marks=pytest.mark.skip(reason=f"no corpus in {ROOT}"), id="no-corpus")]
    found = sorted(path for path in ROOT.rglob("*") if path.is_file() and path.name not in PROSE)
    return [pytest.param(path, id=str(path.relative_to(ROOT))) for path in found]


def wanted(path: Path) -> tuple[str, ...]:
    """How the name of the file's format begins; nothing where it has none."""
    name = str(path.relative_to(ROOT))
    if name in NOBODYS:
        return ()
    return next(begin for folder, begin in (FORMATS | LATER).items() if name.startswith(folder))


@pytest.mark.parametrize("path", files())
def test_a_recorded_file_is_its_own_format_s_or_nobody_s(path: Path) -> None:
    made, begins = detect(path.read_bytes()), wanted(path)
    if made is None:
        assert not begins or begins in LATER.values()
    else:
        assert begins and made.name.startswith(begins)


@pytest.mark.parametrize("path", files())
def test_no_two_formats_are_equally_sure_of_a_recorded_file(path: Path) -> None:
    head = path.read_bytes()[:SNIFF_BYTES]
    sure = sorted((int(made.sniff(head)) for made in all_formats()), reverse=True)
    assert sure[0] == 0 or sure[0] > sure[1]


@pytest.mark.parametrize("path", files())
def test_a_recorded_file_that_was_cut_is_never_an_empty_success_of_whatever_it_looks_like(path: Path) -> None:
    whole = path.read_bytes()
    for part in range(1, 12):
        decoded = decode_detected(whole[: len(whole) * part // 12])
        assert decoded.outcome != "ok" or values(decoded)
        assert decoded.outcome == "ok" or decoded.warnings
