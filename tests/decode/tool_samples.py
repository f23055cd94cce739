"""A small output of each tool's format, made up by its rules."""

from __future__ import annotations

import json


def lines(*objects: dict[str, object]) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in objects)


RULE = b"-" * 87 + b"\n"
GPCNET_RULE = b"+" + b"-" * 40 + b"+" + b"-" * 14 + b"+\n"


def _ocp(number: int, **artifact: object) -> dict[str, object]:
    kind = "testStepArtifact" if "testStepId" in artifact else "testRunArtifact"
    return {kind: artifact, "sequenceNumber": number, "timestamp": "2026-01-01T00:00:00Z"}


OCP = lines(
    _ocp(0, testRunStart={"name": "burn", "version": "1", "parameters": {}, "dutInfo": []}),
    _ocp(1, testStepStart={"name": "heat"}, testStepId="0"),
    _ocp(2, measurement={"info": {"name": "t"}, "element": {"value": 71.5}}, testStepId="0"),
    _ocp(3, diagnosis={"symptom": "ok", "type": "PASS", "msg": "all"}, testStepId="0"),
    _ocp(4, testStepEnd={"name": "heat", "status": "COMPLETE"}, testStepId="0"),
    _ocp(5, log={"severity": "INFO", "text": "done"}),
    _ocp(6, testRunEnd={"name": "burn", "status": "COMPLETE", "result": "PASS"}),
)
_PROGRESS = (
    b"50.0%  proc'd: 2261 (7150 Gflop/s) - 0 (0 Gflop/s)   errors: 0 - 0   temps: 38 C - 36 C "
    b"99.0%  proc'd: 4522 (7160 Gflop/s) - 4522 (7155 Gflop/s)   errors: 0 - 0   temps: 40 C - 41 C \n"
)
GPU_BURN = (
    b"GPU 0: NVIDIA X (UUID: GPU-00000000-0000-0000-0000-000000000000)\n"
    b"GPU 1: NVIDIA X (UUID: GPU-00000000-0000-0000-0000-000000000001)\n"
    + _PROGRESS
    + b"done\n\nTested 2 GPUs:\n\tGPU 0: OK\n\tGPU 1: OK\n"
)
NVBANDWIDTH = b"""\
nvbandwidth Version: v0.6
Built from Git version: v0.6

CUDA Runtime Version: 12040
CUDA Driver Version: 12040
Driver Version: 550.54.15

Device 0: NVIDIA X (00000009:01:00)

Running host_to_device_memcpy_ce.
memcpy CE CPU(row) -> GPU(column) bandwidth (GB/s)
           0         1
 0     55.25     54.50

SUM host_to_device_memcpy_ce 109.75

Waived:
Running host_device_latency_sm.
memory latency SM CPU(row) <-> GPU(column) (ns)
           0
 0    772.58

SUM host_device_latency_sm 772.58

NOTE: The reported results may not reflect the full capabilities of the platform.
Performance can vary with software drivers, hardware clocks, and system topology.
"""
NVBANDWIDTH_JSON = {
    "nvbandwidth": {
        "Driver Version": "565.02",
        "version": "v0.5",
        "testcases": [
            {
                "name": "host_to_device_memcpy_ce",
                "status": "Passed",
                "sum": 12.5,
                "bandwidth_description": "memcpy CE CPU(row) -> GPU(column) bandwidth (GB/s) ",
                "bandwidth_matrix": [["12.5"]],
            },
            {"name": "device_to_device_latency_sm", "status": "Waived"},
        ],
    }
}
CUDA = b"""\
[CUDA Bandwidth Test] - Starting...
Running on...

 Device 0: NVIDIA X
 Shmoo Mode

....
bandwidthTest-H2D-Pinned, Bandwidth = 0.4 GB/s, Time = 0.00000 s, Size = 1000 bytes, NumDevsUsed = 1
bandwidthTest-H2D-Pinned, Bandwidth = 12.4 GB/s, Time = 0.00549 s, Size = 68000000 bytes, NumDevsUsed = 1
Result = PASS
"""
SHOC = b"""\
Device:Device 738c Mem=32.0GB #CUs=120 Freq=1502Mhz  MallocMode=pinned
                   test        atts        units        median  mean    stddev  min     max
   H2D_Bandwidth_pinned      1024kB       GB/sec        16.3342 16.3315 0.0956  16.0147 16.5823
         H2D_Timepinned      1024kB           ms        0.0642  0.0642  0.0004  0.0632  0.0654

Note: results marked with (*) had missing values such as
might occur with a mixture of architectural capabilities.
"""
COPY = b"cpu_to_gpu0_by_sm_under_numa0 26.2409\ngpu0_to_gpu1_write_by_dma 279.287\n"
STREAM = b"""\
-------------------------------------------------------------
STREAM version $Revision: 5.10 $
-------------------------------------------------------------
Number of Threads requested = 4
Number of Threads counted = 4
-------------------------------------------------------------
Function    Best Rate MB/s  Avg time     Min time     Max time
Copy:          108180.5     0.017811     0.017748     0.017950
Scale:         108572.8     0.017753     0.017684     0.017948
Add:           104571.7     0.027626     0.027541     0.028479
Triad:         105256.0     0.027448     0.027362     0.027785
-------------------------------------------------------------
Solution Validates: avg error less than 1.000000e-13 on all three arrays
-------------------------------------------------------------
"""
_GPU_ROWS = "".join(
    f"STREAM_{kernel}_double_gpu_{gpu}_buffer_4294967296_block_128    {6700 + gpu}.{at}5 81.9{at}\n"
    for gpu in (0, 1)
    for at, kernel in enumerate(("COPY", "TRIAD"))
)
GPU_STREAM = b"STREAM Benchmark\nCheck data: No\n\n" + _GPU_ROWS.encode()
MLC = b"""\
Intel(R) Memory Latency Checker - v3.9a
Command line parameters: --bandwidth_matrix

Bandwidths are in MB/sec (1 MB/sec = 1,000,000 Bytes/sec)
                Numa node
Numa node            0       1
       0        82542.2 76679.9
       1        76536.0 82986.5
"""
PERFTEST = (
    RULE
    + b"                    RDMA_Write BW Test\n"
    + b"Dual-port       : OFF          Device         : ib0\n"
    + RULE
    + b"#bytes     #iterations    BW peak[MB/sec]    BW average[MB/sec]   MsgRate[Mpps]\n"
    + b"65536      2000             23330.56            21167.79                  0.338685\n"
    + b"131072     2000             0.00                21443.14                  0.171545\n"
    + RULE
)
SINFO = b"""\
HOSTNAMES|STATE|PARTITION |PARTITION |STATE |NODES
node01|drain*|a |a |drained* |1
node01|drain*|b |b |drained* |1
node02|alloc|a |a |allocated |1
"""
PARTITIONS = (
    b"PartitionName=a Default=YES Nodes=node[01-02] State=UP TotalCPUs=9 TotalNodes=2 TRES=cpu=9,gres/gpu=4\n"
    b"PartitionName=b Default=NO Nodes=node03 State=DOWN TotalCPUs=80 TotalNodes=1\n"
)
SLURM_JSON = {
    "meta": {"Slurm": {"release": "21.08.5"}},
    "errors": [],
    "nodes": [
        {
            "name": "n1",
            "alloc_cpus": 0,
            "boards": 1,
            "state": "idle",
            "cpus": 64,
            "real_memory": 500000,
            "gres": "",
        },
        {"name": "n2", "state": ["DOWN", "DRAIN"], "cpus": 64, "real_memory": 500000, "reason": "fan"},
    ],
}
SINFO_LINES = lines(
    {"s": "idle", "n": "cs1", "p": "hw", "cstate": "0/64/0/64"},
    {"s": "idle", "n": "cs1", "p": "hw-l", "cstate": "0/64/0/64"},
    {"s": "mixed", "n": "cs2", "p": "hw", "cstate": "52/12/0/64"},
)
DIAGNOSIS = [
    {
        "index": "n1",
        "diagnosis/category": "KernelLaunch",
        "diagnosis/issue_details": "kernel-launch/event_overhead:0(B/L: 0.0060 VAL: 0.1000 VAR: 1577.85%)",
        "kernel-launch/event_overhead:0": 15.77,
    }
]
MONITOR = lines(
    {"time": "2026-01-01 00:00:00", "gpu_usage:0": 56, "gpu_temperature:0": 26},
    {"time": "2026-01-01 00:00:10", "gpu_usage:0": 57, "gpu_temperature:0": 27},
)
GPCNET = (
    b"Network Tests v1.3\n  Test with 2 MPI ranks (2 nodes)\n\n"
    + GPCNET_RULE
    + b"|             Name |          Avg |          99% |        Units |\n"
    + GPCNET_RULE
    + b"| RR Get Lat (8 B) |          2.5 |          3.5 |         usec |\n"
    + GPCNET_RULE
    + b"| Nat BW (131072 B) |     11800.5 |      11200.0 |   MiB/s/rank |\n"
    + GPCNET_RULE
)


def _iteration(at: int) -> bytes:
    return (
        f"node-01:  iteration        {at}/       2 | consumed samples:         {2048 * at} |"
        " elapsed time per iteration (ms): 76015.3 | global batch size:  2048 | lm loss: 1.100492E+01 |"
        " number of skipped iterations:   0 | number of nan iterations:   0 | TFLOPs: 147.61 |\n"
    ).encode()


MEGATRON = b"node-01: training ...\n" + _iteration(1) + b"node-01: time (ms) | forward: 1.0\n" + _iteration(2)
OCI = [
    {
        "dtype": "float16",
        "final_result": "pass",
        "tests": {
            "compute_throughput": {
                "status": "completed",
                "result": "passed",
                "num_gpus": 8,
                "total_tflops": 5312.9,
            },
            "error_detection": {"GPU-1": {"status": "passed"}},
        },
    }
]
NETDISCOVER = b"""\
#
# Topology file: generated on Fri Aug  8 06:33:24 2025
#

vendid=0x2c9
devid=0x1021
caguid=0xb8e92403009ca838
Ca\t1 "H-b8e92403009ca838"\t\t# "node-01 HCA-1"
[1](b8e92403009ca839) \t"S-b8e92403009ca900"[5]\t\t# lid 3 lmc 0 "leaf" lid 1 4xNDR

switchguid=0xb8e92403009ca900(b8e92403009ca900)
Switch\t64 "S-b8e92403009ca900"\t\t# "leaf" enhanced port 0 lid 1 lmc 0
[5]\t"H-b8e92403009ca838"[1](b8e92403009ca839) \t\t# "node-01 HCA-1" lid 3 4xNDR
"""
DOT = b"""\
# a comment
graph G {
    LLDP=""
    B1="upMinTx=250, detectMult=4"
## a link
    "leaf-1":"swp1" -- "leaf-2":"swp41"
    "leaf-1":"swp2" -- "leaf-2":"swp42" [LLDP="match_type=portdescr", BFD="upMinTx=400"]
}
"""
LINKS = b"""\
StartDevice,StartPort,EndDevice,EndPort,BandWidth,VlanID,VlanMode
leaf-1,Ethernet0,leaf-2,Ethernet1,40000,1681,Access
leaf-1,Ethernet4,leaf-2,Ethernet2,40000,1682,Access
"""


def encoded(held: object) -> bytes:
    return json.dumps(held, indent=1).encode() + b"\n"


SAMPLES: dict[str, bytes] = {
    "ocp.diag": OCP,
    "gpu-burn": GPU_BURN,
    "nvbandwidth": NVBANDWIDTH,
    "nvbandwidth.json": encoded(NVBANDWIDTH_JSON),
    "cuda.bandwidth-test": CUDA,
    "shoc.bus-speed": SHOC,
    "superbench.gpu-copy": COPY,
    "stream": STREAM,
    "superbench.gpu-stream": GPU_STREAM,
    "mlc.bandwidth-matrix": MLC,
    "perftest": PERFTEST,
    "slurm.sinfo": SINFO,
    "slurm.partitions": PARTITIONS,
    "slurm.nodes-json": encoded(SLURM_JSON),
    "slurm.sinfo-lines": SINFO_LINES,
    "superbench.diagnosis": encoded(DIAGNOSIS),
    "superbench.monitor": MONITOR,
    "gpcnet": GPCNET,
    "megatron-deepspeed": MEGATRON,
    "oci.gpu-healthcheck": encoded(OCI),
    "ib.netdiscover": NETDISCOVER,
    "cabling.ptm-dot": DOT,
    "cabling.sonic-links": LINKS,
}
