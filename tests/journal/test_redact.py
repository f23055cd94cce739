"""No secret reaches the disk, in any form that it travels in."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bringup.journal.redact import Redactor
from bringup.journal.verify import verify
from tests.journal.records import closed, evidence, note, start

SECRET = 'p4ss/w"ö rd+%\\'


def forms(secret: str) -> list[bytes]:
    raw = secret.encode()
    return [
        raw,
        base64.b64encode(raw),
        base64.urlsafe_b64encode(raw),
        base64.b64encode(b"admin:" + raw),
        base64.b64encode(b"root:" + raw + b"!"),
        quote(secret, safe="").encode(),
        quote_plus(secret).encode(),
        quote(secret, safe="").lower().encode() if quote(secret).islower() else raw,
        json.dumps(secret)[1:-1].encode(),
        json.dumps(secret, ensure_ascii=False)[1:-1].encode(),
        raw.hex().encode(),
        raw.hex().upper().encode(),
    ]


@pytest.mark.parametrize("form", forms(SECRET), ids=lambda form: form[:16].hex())
def test_each_form_of_a_secret_is_taken_out_of_text_and_bytes(form: bytes) -> None:
    redactor = Redactor({"leaf-1": SECRET})
    clean = redactor.data(b"before " + form + b" after\xff")
    assert form not in clean
    assert b"[redacted:leaf-1]" in clean
    assert clean.startswith(b"before ")
    assert clean.endswith(b" after\xff")


@given(st.binary(max_size=5), st.binary(max_size=5), st.text(min_size=6, max_size=20))
def test_a_secret_inside_base64_of_something_longer_is_found(
    before: bytes, after: bytes, secret: str
) -> None:
    raw = secret.encode("utf-8", "replace")
    encoded = base64.b64encode(before + raw + after)
    clean = Redactor({"x": raw}).data(encoded)
    assert b"[redacted:x]" in clean or not raw.strip()


def test_empty_values_are_never_searched_for() -> None:
    redactor = Redactor({"a": "", "b": "  \n"})
    assert redactor.text("some text") == "some text"
    assert Redactor({"a": ""}).data(b"") == b""
    assert not Redactor({"a": ""})


def test_a_short_secret_is_taken_out_only_where_it_stands_alone() -> None:
    redactor = Redactor({"pin": "up"})
    assert redactor.text("state up, uptime 5, backup") == "state [redacted:pin], uptime 5, backup"


def test_a_secret_that_contains_another_leaves_nothing_standing() -> None:
    redactor = Redactor({"short": "hunter", "long": "hunter2hunter"})
    assert redactor.text("x hunter2hunter y hunter z") == "x [redacted:long] y [redacted:short] z"


def test_a_trailing_newline_of_a_file_is_not_part_of_the_secret() -> None:
    assert Redactor({"f": b"swordfish\n"}).text("it is swordfish, yes") == "it is [redacted:f], yes"


def test_keys_and_nested_values_are_redacted_and_names_of_things_are_not() -> None:
    redactor = Redactor({"x": "leaf-1"})
    fields = {"kind": "Noted", "subject": "leaf-1", "text": "leaf-1", "facts": {"leaf-1": ["leaf-1", 1]}}
    assert redactor.fields(fields) == {
        "kind": "Noted",
        "subject": "leaf-1",
        "text": "[redacted:x]",
        "facts": {"[redacted:x]": ["[redacted:x]", 1]},
    }


async def test_a_secret_occurs_nowhere_in_the_folder_and_the_record_still_verifies(tmp_path: Path) -> None:
    redactor = Redactor({"leaf-1": SECRET, "bmc": "calvin-the-bmc"})
    folder, journal, _ = await start(tmp_path, redactor)
    for form in forms(SECRET):
        await journal.offer(note(f"the device said {form.decode()} and calvin-the-bmc"))
        kept = await journal.keep(b"\x00 raw " + form + b" \xff" + b"pad" * 9000)
        await journal.offer(evidence(kept.sha256, kept.size))
    await journal.checkpoint()
    await journal.close(closed())
    for path in folder.path.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            data = gzip.decompress(data) if path.suffix == ".gz" else data
            for form in [*forms(SECRET), b"calvin-the-bmc"]:
                assert form not in data, path
    assert verify(folder.path, tmp_path / "config" / "allowed_signers").code == 0
