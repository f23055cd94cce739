"""A way to write small files and to spoil them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.input.examples import Write


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file under `name`; each further pair replaces one text in it (which must be there)."""

    def write_file(name: str, text: str, *replacements: tuple[str, str]) -> Path:
        for old, new in replacements:
            assert old in text, old
            text = text.replace(old, new, 1)
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write_file
