"""A Linux server's command line over the world (shapes: coreutils, iproute2, ethtool, lldpd)."""

from __future__ import annotations

import json
import re

from bringup.lab.linux_ethtool import driver_info, fec, module, settings, statistics
from bringup.lab.linux_gpu import GpuTools
from bringup.lab.module_text import ethtool_memory
from bringup.lab.shell import Commands, Handler, Reply, lldp_json0, lldp_json0_interfaces, proc_uptime
from bringup.lab.state import Adapter, Port
from bringup.lab.world import World


class LinuxShell:
    """Bash on a server, as the user that bring-up logs in with (sudo without a password)."""

    def __init__(self, world: World, device: str) -> None:
        self._world = world
        self._device = device
        self._commands = Commands(self._table())

    @property
    def prompt(self) -> str:
        device = self._world.device(self._device)
        return f"{device.access.user}@{device.hostname}:~$ "

    def run(self, command: str) -> Reply:
        return self._commands.run(re.sub(r"^sudo (-n )?", "", " ".join(command.split())))

    def _table(self) -> dict[str, Handler]:
        nic = r"(?P<name>[\w.@:-]+)"
        return {
            r"hostname": lambda: Reply(self._world.device(self._device).hostname + "\n"),
            r"cat (?P<path>/\S+( /\S+)*)": self._cat,
            r"uname -srm": self._uname,
            r"date \+%s\.%N": lambda: Reply(f"{self._world.wall_unix_s(self._device):.9f}\n"),
            r"nproc( --all)?": lambda: Reply(f"{self._world.device(self._device).cpu_count}\n"),
            r"timedatectl show( (-p|--property)[ =]?\S+)?": self._timedatectl,
            r"ls -1 /sys/class/net/?": self._list_nics,
            r"ip -j link( show)?": self._ip_link,
            rf"ip link set (dev )?{nic} (?P<verb>up|down)": self._set_admin,
            rf"ethtool -i {nic}": lambda name: self._ethtool(name, "driver"),
            rf"ethtool -m {nic}": lambda name: self._ethtool(name, "module"),
            rf"ethtool -m {nic} (?P<options>(\w+ \w+)( \w+ \w+)*)": self._module_memory,
            rf"ethtool -S {nic}": lambda name: self._ethtool(name, "statistics"),
            rf"ethtool (-I|--include-statistics) --show-fec {nic}": lambda name: self._ethtool(name, "fec"),
            rf"ethtool --show-fec {nic}": lambda name: self._ethtool(name, "fec-only"),
            rf"ethtool -p {nic}( \d+)?": self._blink,
            rf"\((?:sudo )?ethtool -p {nic} \d+ .*\) </dev/null >/dev/null 2>&1 &": self._blink,
            rf"ethtool {nic}": lambda name: self._ethtool(name, "settings"),
            r"lldpcli show neighbors -f json0": self._neighbors,
            r"lldpcli show interfaces -f json0": self._listening,
            rf"readlink -f /sys/class/net/{nic}/device": self._device_link,
            **GpuTools(self._world, self._device).table(),
        }

    # files

    def _cat(self, path: str) -> Reply:
        out, errors = "", ""
        for each in path.split(" "):
            content = self._file(each)
            if content is None:
                errors += f"cat: {each}: No such file or directory\n"
            else:
                out += content
        return Reply(out, errors, 1 if errors else 0)

    def _file(self, path: str) -> str | None:
        device = self._world.device(self._device)
        fixed = {
            "/etc/os-release": self._os_release(),
            "/sys/class/dmi/id/product_name": device.model + "\n",
            "/sys/class/dmi/id/product_serial": device.serial + "\n",
            "/sys/class/dmi/id/sys_vendor": device.vendor + "\n",
            "/proc/sys/kernel/random/boot_id": device.boot_id + "\n",
            "/proc/uptime": proc_uptime(self._world.uptime_s(self._device)),
            "/proc/meminfo": self._meminfo(),
            "/sys/class/dmi/id/bios_version": device.firmware.get("bios", "") + "\n",
            "/etc/hostname": device.hostname + "\n",
        }
        return fixed.get(path) or self._pcie_file(path)

    def _os_release(self) -> str:
        pretty = self._world.device(self._device).os_version
        name, _, rest = pretty.partition(" ")
        return (
            f'PRETTY_NAME="{pretty}"\nNAME="{name}"\nVERSION_ID="{rest[:5]}"\n'
            f"ID={name.lower()}\nID_LIKE=debian\n"
        )

    def _meminfo(self) -> str:
        total = self._world.device(self._device).memory_kib
        free, available = total * 9 // 10, total * 19 // 20
        return f"MemTotal:       {total} kB\nMemFree:        {free} kB\nMemAvailable:   {available} kB\n"

    def _pcie_file(self, path: str) -> str | None:
        found = re.fullmatch(r"/sys/class/net/([^/]+)/device/(\w+)", path)
        adapter = self._adapter(found.group(1)) if found else None
        if found is None or adapter is None:
            return None
        return {
            "current_link_width": f"{adapter.width}\n",
            "max_link_width": f"{adapter.max_width}\n",
            "current_link_speed": f"{adapter.gt_s:.1f} GT/s PCIe\n",
            "max_link_speed": f"{adapter.max_gt_s:.1f} GT/s PCIe\n",
            "vendor": "0x15b3\n",
        }.get(found.group(2))

    # system

    def _uname(self) -> Reply:
        device = self._world.device(self._device)
        return Reply(f"Linux {device.kernel} {device.machine}\n")

    def _timedatectl(self) -> Reply:
        now = self._world.wall_unix_s(self._device)
        synced = "yes" if abs(self._world.device(self._device).clock_skew_s) < 0.5 else "no"
        return Reply(
            f"Timezone=Etc/UTC\nLocalRTC=no\nCanNTP=yes\nNTP=yes\nNTPSynchronized={synced}\n"
            f"TimeUSec=@{now:.0f}\nRTCTimeUSec=@{now:.0f}\n"
        )

    # network

    def _port(self, name: str) -> Port | None:
        return next((port for port in self._world.ports(self._device) if port.name == name), None)

    def _adapter(self, name: str) -> Adapter | None:
        port = self._port(name)
        return None if port is None else port.adapter

    def _list_nics(self) -> Reply:
        names = sorted(["lo", *(port.name for port in self._world.ports(self._device))])
        return Reply("".join(f"{name}\n" for name in names))

    def _ip_link(self) -> Reply:
        loopback: dict[str, object] = {
            "ifindex": 1,
            "ifname": "lo",
            "flags": ["LOOPBACK", "UP", "LOWER_UP"],
            "mtu": 65536,
            "operstate": "UNKNOWN",
            "link_type": "loopback",
            "address": "00:00:00:00:00:00",
        }
        return Reply(
            json.dumps([loopback, *(_link(port) for port in self._world.ports(self._device))]) + "\n"
        )

    def _blink(self, name: str) -> Reply:
        """The lamp of an adapter's port: nobody is there to see it, and a name that is none is refused."""
        if self._port(name) is None:
            return Reply("", "Cannot identify NIC: No such device\n", 71)
        return Reply("")

    def _set_admin(self, name: str, verb: str) -> Reply:
        if self._port(name) is None:
            return Reply("", f'Cannot find device "{name}"\n', 1)
        self._world.set_admin(f"{self._device}/{name}", verb == "up")
        return Reply("")

    def _neighbors(self) -> Reply:
        return Reply(json.dumps(lldp_json0(self._world, self._world.ports(self._device)), indent=2) + "\n")

    def _listening(self) -> Reply:
        ports = self._world.ports(self._device)
        return Reply(json.dumps(lldp_json0_interfaces(self._world, ports), indent=2) + "\n")

    def _device_link(self, name: str) -> Reply:
        adapter = self._adapter(name)
        if adapter is None:
            return Reply("", "", 1)
        return Reply(f"/sys/devices/pci0000:{adapter.pcie_address[5:7]}/{adapter.pcie_address}\n")

    def _module_memory(self, name: str, options: str) -> Reply:
        port = self._port(name)
        if port is None or port.adapter is None:
            return self._ethtool(name, "module")
        return ethtool_memory(self._world, port, options)

    def _ethtool(self, name: str, what: str) -> Reply:
        port = self._port(name)
        if port is None or port.adapter is None:
            return Reply(
                "", "netlink error: no device matches name (offset 24)\nnetlink error: No such device\n", 76
            )
        if what == "module" and port.optic is None:
            return Reply("", "netlink error: Input/output error\n", 71)
        if what == "driver":
            return Reply(driver_info(port.adapter, self._world.device(self._device).kernel))
        if what == "module":
            return Reply(module(self._world, port))
        if what == "statistics":
            return Reply(statistics(self._world, port))
        if what == "settings":
            return Reply(settings(port))
        return Reply(fec(self._world, port, with_statistics=what == "fec"))


def _link(port: Port) -> dict[str, object]:
    flags = ["BROADCAST", "MULTICAST"]
    if port.admin_up:
        flags += ["UP", "LOWER_UP"] if port.up else ["NO-CARRIER", "UP"]
    return {
        "ifindex": port.index,
        "ifname": port.name,
        "flags": flags,
        "mtu": port.mtu,
        "qdisc": "mq",
        "operstate": "UP" if port.up else "DOWN",
        "linkmode": "DEFAULT",
        "group": "default",
        "txqlen": 1000,
        "link_type": "ether",
        "address": port.mac,
        "broadcast": "ff:ff:ff:ff:ff:ff",
    }
