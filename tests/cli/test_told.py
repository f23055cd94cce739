"""Facts of one live read as measurements: subjects and quantities as limits and the record name them."""

from __future__ import annotations

import pytest

from bringup.cli._told import QUANTITIES_OF, as_record, measurements_of
from bringup.model.facts import Environment, Fan, FecCounters, Identity, Lane, Optic, Outlet, Supply
from bringup.model.facts_gpu import Accelerator, Nvlink, NvlinkPorts
from bringup.model.measurement import DARK, NOT_AVAILABLE, value
from bringup.model.subject import parse_subject
from bringup.model.units import QUANTITIES


def test_a_dark_lane_is_measured_as_dark_on_its_lane() -> None:
    optic = Optic(
        port="Ethernet1/1",
        present=value(True),
        lanes=(Lane(index=1, rx_power_dbm=value(-1.5)), Lane(index=2, rx_power_dbm=DARK)),
    )
    found = [as_record(one) for one in measurements_of("leaf-2", (optic,))]
    assert [(one["subject"], one["quantity"], one["reading"], one["value"]) for one in found] == [
        ("leaf-2/Ethernet1/1", "optic_present", "value", True),
        ("leaf-2/Ethernet1/1#lane-1", "rx_power_dbm", "value", -1.5),
        ("leaf-2/Ethernet1/1#lane-2", "rx_power_dbm", "dark", None),
    ]
    assert found[1]["unit"] == "dBm"


def test_what_was_not_told_is_no_measurement_and_what_is_not_available_is_one() -> None:
    found = list(measurements_of("leaf-1", Identity(hostname=value("leaf-1"), serial=NOT_AVAILABLE)))
    assert [(one.quantity, one.reading) for one in found] == [
        ("hostname", "value"),
        ("serial", "not_available"),
    ]


def test_parts_of_a_device_are_subjects_of_their_own() -> None:
    environment = Environment(
        supplies=(Supply(name="psu-1", ok=value(False)),), fans=(Fan(name="fan-1", ok=value(True)),)
    )
    outlets = (Outlet(index=5, state=value("off")),)
    found = [*measurements_of("x", environment), *measurements_of("x", outlets)]
    assert [(one.subject, one.quantity) for one in found] == [
        ("x/psu-1", "supply_ok"),
        ("x/fan-1", "fan_ok"),
        ("x/outlet-5", "outlet_state"),
    ]
    assert all(parse_subject(one.subject).device == "x" for one in found)


def test_a_gpu_and_its_nvlinks_are_subjects_of_their_own() -> None:
    one = Accelerator(
        index=3, model=value("H100"), ecc_uncorrected=value(0), clock_reasons={"hw_slowdown": value(False)}
    )
    links = NvlinkPorts(gpu=3, links=(Nvlink(index=17, up=value(False)),))
    found = [*measurements_of("node-04", (one,)), *measurements_of("node-04", (links,))]
    assert [(each.subject, each.quantity, each.value) for each in found] == [
        ("node-04/gpu-3", "gpu_model", "H100"),
        ("node-04/gpu-3", "ecc_uncorrected", 0),
        ("node-04/gpu-3", "hw_slowdown", False),
        ("node-04/gpu-3#nvlink-17", "nvlink_up", False),
    ]


def test_a_total_since_an_unknown_clear_is_no_measurement() -> None:
    counters = FecCounters(port="Ethernet0", uncorrectable_codewords=value(7), flap_count=value(2))
    assert list(measurements_of("leaf-1", (counters,))) == []


@pytest.mark.parametrize("fact", list(QUANTITIES_OF), ids=lambda fact: fact.__name__)
def test_every_field_and_quantity_of_the_table_is_there(fact: type) -> None:
    fields = set(fact.__struct_fields__)  # type: ignore[attr-defined]
    for field, quantity in QUANTITIES_OF[fact].items():
        assert field in fields and quantity in QUANTITIES
