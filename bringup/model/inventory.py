"""What should be there: devices, ports, cables, bindings. Intent, never what was found."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from bringup.model.subject import link

SCHEMA = "bringup.inventory/1"
SecretRef = Annotated[
    str,
    Field(description="env:NAME, file:PATH or cmd:COMMAND; never the secret itself"),
]


class Written(BaseModel):
    """Base of everything that a person writes: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


_LISTENING = (
    r"^(?:\[[0-9A-Fa-f:.]+\]|[^:\s]+):"
    r"(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5])$"
)
TcpPort = Annotated[int, Field(ge=1, le=65535)]
Positive = Annotated[float, Field(gt=0)]


class Ssh(Written):
    user: str
    port: TcpPort = 22
    address: str | None = None
    """Where SSH listens, if elsewhere than the device (its console server, HostName of an ssh_config)."""
    key: str | None = None
    certificate: str | None = None
    password: SecretRef | None = None
    host_key: str | None = None
    jump: str | None = None
    """`[user@]host[:port]`, several with commas: the first is the one that is connected to."""
    jump_key: str | None = None
    config: str | None = None
    """An ssh_config that fills in what is not written here."""
    legacy: bool = False
    console: bool = False
    """What answers behind SSH is a serial line (a console server): one logs in once more, at its prompts."""
    console_user: str | None = None
    console_password: SecretRef | None = None
    console_prompt: str = r"[#>$%] ?$"
    """A regular expression for the end of the shell's prompt."""


class Snmp(Written):
    version: Literal["2c", "3"] = "2c"
    port: TcpPort = 161
    community: SecretRef | None = None
    user: str | None = None
    auth: Literal["md5", "sha1", "sha224", "sha256", "sha384", "sha512"] | None = None
    auth_key: SecretRef | None = None
    priv: Literal["des", "aes128", "aes192", "aes256"] | None = None
    priv_key: SecretRef | None = None
    key_extension: Literal["blumenthal", "reeder"] = "blumenthal"
    """How a digest shorter than an AES key grows: as net-snmp does, or as Cisco's and others' agents do."""


class Gnmi(Written):
    port: TcpPort = 9339
    tls: bool = True
    ca: str | None = None
    fingerprint: str | None = None
    user: str | None = None
    password: SecretRef | None = None


class Http(Written):
    """eAPI, NVUE; and Redfish, which has more."""

    port: TcpPort = 443
    tls: bool = True
    ca: str | None = None
    fingerprint: str | None = None
    user: str | None = None
    password: SecretRef | None = None


class Redfish(Http):
    next_password: SecretRef | None = None
    """What `first-contact.rotate_password` puts in place of `password`."""


class Expect(Written):
    """Expected identity. `os` may end in `*` (202411.*). `gpu_serials` are in the order of the GPUs."""

    model: str | None = None
    serial: str | None = None
    os: str | None = None
    hostname: str | None = None
    supplies: tuple[str, ...] = ()
    fans: tuple[str, ...] = ()
    leak_detectors: tuple[str, ...] = ()
    gpus: int | None = Field(default=None, ge=1, le=256)
    gpu_model: str | None = None
    gpu_serials: tuple[str, ...] = ()
    gpu_driver: str | None = None
    gpu_vbios: str | None = None


class Feed(Written):
    """One supply of a device hangs on one outlet of a PDU."""

    pdu: str
    outlet: int = Field(ge=1)
    supply: str | None = None


class PowerGroup(Written):
    """What shares a feed, a power shelf or a breaker: outlets (`pdu-1/outlet-3`) and whole PDUs by name. One
    thing of it is switched at a time; `max_w` is what it may carry.
    """

    name: str
    kind: Literal["feed", "shelf", "breaker"] = "feed"
    outlets: tuple[str, ...] = Field(min_length=1)
    max_w: Positive | None = None


class Rack(Written):
    name: str
    profile: str = ""


class Device(Written):
    name: str
    rack: str | None = None
    unit: int | None = None
    side: str | None = None
    slot: str | None = None
    role: str
    platform: str
    address: str
    mac: str | None = None
    bmc: str | None = None
    feed: tuple[Feed, ...] = ()
    expect: Expect = Expect()
    ssh: Ssh | None = None
    snmp: Snmp | None = None
    gnmi: Gnmi | None = None
    redfish: Redfish | None = None
    eapi: Http | None = None
    nvue: Http | None = None
    protected: bool = False
    in_service: bool = False
    pair: str | None = None
    """Devices of one pair back each other up: never both are taken down."""
    found: bool = False
    """Written by a scan: it answered, and nobody has said yet that it should be there."""


class Port(Written):
    device: str
    name: str
    speed_gbps: Positive | None = None
    optic: str | None = None
    lanes: int | None = Field(default=None, ge=1, le=64)
    fec: str | None = None
    cage: str | None = None
    protected: bool = False
    in_service: bool = False
    pcie_width_lanes: int | None = Field(default=None, ge=1)
    pcie_speed_gt_s: Positive | None = None
    firmware: str | None = None

    @property
    def subject(self) -> str:
        return f"{self.device}/{self.name}"


class Cable(Written):
    """One row of the cable list."""

    a_device: str
    a_port: str
    b_device: str
    b_port: str
    medium: str = ""
    length_m: float | None = Field(default=None, ge=0)
    label: str = ""
    part: str = ""
    """The part number that is ordered, as it is printed on the bag."""
    polarity: str = ""
    """Of a trunk or patch cord of several fibres, in the words of its maker (type A, type B, straight)."""
    found: bool = False
    """Written by a scan: somebody was heard there, and nobody has said yet that it should be so."""

    @property
    def a(self) -> str:
        return f"{self.a_device}/{self.a_port}"

    @property
    def b(self) -> str:
        return f"{self.b_device}/{self.b_port}"

    @property
    def subject(self) -> str:
        return link(self.a, self.b)


class Lab(Written):
    """Written by `lab up` into its own inventory: the rack is simulated, and its world runs `speed` times
    faster.
    """

    speed: float = Field(default=1.0, ge=1, le=1000)
    profile: str = ""
    seed: int = 0


class Inventory(Written):
    """A validated inventory with its cables joined in: `cables` of a file may be a path, here it is rows."""

    schema_: str = Field(default=SCHEMA, alias="schema")
    site: str = ""
    lab: Lab | None = None
    this_host: bool = False
    traps: Annotated[str, Field(pattern=_LISTENING)] | None = None
    """Where SNMP traps and informs of these devices are received while a run lasts: `ADDRESS:PORT`."""
    rack: tuple[Rack, ...] = ()
    device: tuple[Device, ...] = ()
    port: tuple[Port, ...] = ()
    cable: tuple[Cable, ...] = ()
    not_expected: tuple[str, ...] = ()
    power_group: tuple[PowerGroup, ...] = ()

    @cached_property
    def devices(self) -> dict[str, Device]:
        return {device.name: device for device in self.device}

    @cached_property
    def ports(self) -> dict[str, Port]:
        """By subject text."""
        return {port.subject: port for port in self.port}

    @cached_property
    def cables_at(self) -> dict[str, Cable]:
        """Port subject -> the cable that is to be plugged in there."""
        return {end: cable for cable in self.cable for end in (cable.a, cable.b)}

    @cached_property
    def far_ends(self) -> dict[str, str]:
        """Port subject -> the port subject at the other end of its cable."""
        pairs = [(cable.a, cable.b) for cable in self.cable]
        return dict(pairs) | {b: a for a, b in pairs}
