"""`dcgmi nvlink -e -j`: error counters of each NVLink of one GPU."""

from __future__ import annotations

import re

from bringup.decode.dcgm_json import json_behind_banner
from bringup.decode.json_field import Json, as_object
from bringup.decode.nvidia_field import Fields
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing
from bringup.model.facts_gpu import Nvlink, NvlinkPorts
from bringup.model.measurement import Read

_GPU = re.compile(r"GPU ([0-9]{1,4})")
_LINK = re.compile(r"Link ([0-9]{1,3})")


def _parse(data: bytes) -> Found:
    """Raises `Damaged`: no JSON of this kind. `Nothing`: it lists no link."""
    whole, warnings = json_behind_banner(data)
    header = whole.get("header")
    titles = [each for each in header if isinstance(each, str)] if isinstance(header, list) else []
    gpus = [match for match in map(_GPU.fullmatch, titles) if match]
    if not any("NVLINK" in title.upper() for title in titles) or len(gpus) != 1:
        raise Damaged("no header of NVLink error counts of one GPU")
    body = as_object(whole.get("body"), "body")
    links = [_link(name, as_object(held, name)) for name, held in body.items()]
    if not links:
        raise Nothing("no link is listed")
    if len({link.index for link in links}) != len(links):
        raise Damaged("a link is listed twice")
    made = NvlinkPorts(gpu=int(gpus[0][1]), links=tuple(sorted(links, key=lambda link: link.index)))
    return Found(facts={"nvlinks": (made,)}, warnings=warnings)


def _link(name: str, held: Json) -> Nvlink:
    match = _LINK.fullmatch(name)
    if match is None:
        raise Damaged(f"{name[:40]!r} is no link")
    errors: dict[str, Read] = {}
    for counter, told in as_object(held.get("children"), "children").items():
        said = as_object(told, counter).get("value")
        plain = isinstance(said, int) and not isinstance(said, bool)
        text = str(said) if plain else said
        if text is not None and not isinstance(text, str):
            raise Damaged(f"{counter[:40]!r} is no count")
        errors[counter] = Fields(name).whole(text)
    if not errors:
        raise Damaged(f"{name} tells no counter")
    return Nvlink(index=int(match[1]), errors=errors)


DCGM_NVLINK = Format(
    name="dcgm.nvlink-errors",
    title="DCGM: dcgmi nvlink -e -j",
    sniff=lambda head: 85 if b'"NVLINK Error Counts"' in head or b'"CRC FLIT Error"' in head else 0,
    parse=_parse,
    facts={"nvlinks": tuple[NvlinkPorts, ...]},
)
FORMATS = (DCGM_NVLINK,)
