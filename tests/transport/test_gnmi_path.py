"""gNMI paths as text: there and back, and what is no path."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pygnmi.create_gnmi_path import gnmi_path_generator

from bringup.gnmi_messages import messages
from bringup.transport.gnmi_path import elements_of, format_path, parse_path, to_message

PATHS = {
    "/": [],
    "": [],
    "/interfaces": [("interfaces", {})],
    "/interfaces/interface[name=Ethernet1/1]/state": [
        ("interfaces", {}),
        ("interface", {"name": "Ethernet1/1"}),
        ("state", {}),
    ],
    "/a[k=1][j=2]/b": [("a", {"j": "2", "k": "1"}), ("b", {})],
    r"/a[k=x\]y\\z]": [("a", {"k": r"x]y\z"})],
    "/a[k=x[y=z]": [("a", {"k": "x[y=z"})],
    "/a[k=]": [("a", {"k": ""})],
    "/trailing/": [("trailing", {})],
}


@pytest.mark.parametrize("text", PATHS)
def test_a_path_is_read_as_the_specification_says(text: str) -> None:
    assert parse_path(text) == (None, PATHS[text])


def test_an_origin_stands_before_the_path() -> None:
    assert parse_path("openconfig:/a/b") == ("openconfig", [("a", {}), ("b", {})])
    assert parse_path("/openconfig-interfaces:interfaces")[1] == [("openconfig-interfaces:interfaces", {})]


@pytest.mark.parametrize(
    "text", ["interfaces", "//", "/a//b", "/a[", "/a[k]", "/a[k=v", "/a[=v]", "/a[k=v]x"]
)
def test_what_is_no_path_says_where(text: str) -> None:
    with pytest.raises(ValueError, match=r"belongs|missing"):
        parse_path(text)


_name = some.text(some.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=8)
_keys = some.dictionaries(_name, some.text(max_size=8), max_size=3)


@given(some.lists(some.tuples(_name, _keys), min_size=1, max_size=5))
def test_every_path_comes_back_from_its_text(elements: list[tuple[str, dict[str, str]]]) -> None:
    origin, found = parse_path(format_path(elements))
    assert (origin, found) == (None, elements)


@pytest.mark.parametrize(
    "text", ["/interfaces/interface[name=Ethernet1/1]/state", "/a[k=1][j=2]/b", "/x/y/z"]
)
def test_a_public_client_builds_the_same_message(text: str) -> None:
    found = messages()
    theirs = found.Path.FromString(gnmi_path_generator(text).SerializeToString())
    assert format_path(elements_of(theirs)) == format_path(elements_of(to_message(found, text)))
