"""What the lab says a device was asked, counted against what was really asked of it."""

from __future__ import annotations

from bringup.lab.tally import Tally


def test_requests_are_counted_by_protocol_and_by_how_many_there_are_at_once() -> None:
    tally = Tally()
    with tally.taking("bmc-01", "http"), tally.taking("bmc-01", "http"):
        with tally.taking("leaf-1", "ssh"):
            pass
        with tally.taking("bmc-01", "http"):
            pass
    with tally.taking("bmc-01", "snmp"):
        pass
    assert tally.told("bmc-01") == {"http": 3, "snmp": 1, "most_at_once": 3}
    assert tally.told("leaf-1") == {"ssh": 1, "most_at_once": 1}
    assert tally.told("nobody") == {"most_at_once": 0}


def test_a_request_that_fails_is_over_too() -> None:
    tally = Tally()
    try:
        with tally.taking("bmc-01", "http"):
            raise OSError
    except OSError:
        pass
    with tally.taking("bmc-01", "http"):
        pass
    assert tally.told("bmc-01") == {"http": 2, "most_at_once": 1}
