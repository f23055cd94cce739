"""The files whose digests stand in events: run.json, plan/, evidence."""

from __future__ import annotations

import hashlib
import os
import zlib
from pathlib import Path, PurePosixPath

import msgspec

from bringup.journal.verify.events import Unreadable, open_plain, read_plain
from bringup.journal.verify.report import Report

LARGEST_SMALL_FILE = 64 * 1024 * 1024
READ_BYTES = 1024 * 1024


class Files:
    """Holds a folder's files against what the events say; findings go into the report."""

    def __init__(self, folder: Path, report: Report) -> None:
        self._folder = folder
        self._report = report

    def check_digest(self, path: Path, digest: str, name: str) -> None:
        try:
            found = hashlib.sha256(read_plain(path, LARGEST_SMALL_FILE)).hexdigest()
        except Unreadable as error:
            self._report.contradicts("file", name, str(error))
            return
        if found != digest:
            text = "it is not the file whose digest stands in the record"
            self._report.contradicts("file", name, text, digest, found)

    def check_run_name(self, origin: str) -> None:
        """run.json, where it names the run, names the one that the events and checkpoints name."""
        try:
            said = msgspec.json.decode(read_plain(self._folder / "run.json", LARGEST_SMALL_FILE))
        except (Unreadable, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return
        name = said.get("run", said.get("id")) if isinstance(said, dict) else None
        if name is not None and f"bringup/{name}" != origin:
            self._report.contradicts("run-name", "run.json", f"it names run {name}, the events {origin[8:]}")

    def check_plan(self, files: dict[str, str]) -> None:
        plan = self._folder / "plan"
        for name, digest in files.items():
            parts = PurePosixPath(name).parts
            if not parts or ".." in parts or name.startswith("/"):
                self._report.contradicts("file", f"plan/{name}", "its name leads out of the folder")
            else:
                self.check_digest(plan / name, digest, f"plan/{name}")
        for place, folders, names in os.walk(plan):
            links = [name for name in folders if (Path(place) / name).is_symlink()]
            for name in [*names, *links]:
                relative = (Path(place) / name).relative_to(plan).as_posix()
                if relative not in files:
                    self._report.contradicts("file-unknown", f"plan/{relative}", "no event knows it")

    def check_blob(self, digest: str, size: int) -> None:
        """Unpacks at most one byte more than the event names, or 1 GiB where it names none."""
        path = self._folder / "blobs" / digest[:2] / f"{digest}.gz"
        try:
            fault = _blob_fault(path, digest, size)
        except Unreadable as error:
            fault = str(error)
        if fault:
            self._report.contradicts("blob", f"blobs/{digest[:2]}/{digest[:12]}….gz", fault)


def _blob_fault(path: Path, digest: str, size: int) -> str | None:
    """What is wrong with a blob, None where nothing. Streams; a bomb is cut off at the size that the event
    gives.
    """
    largest = size if size >= 0 else 1 << 30
    unpack = zlib.decompressobj(wbits=31)
    total, sha256 = 0, hashlib.sha256()
    with os.fdopen(open_plain(path), "rb", buffering=0) as file:
        try:
            while not unpack.eof:
                packed = unpack.unconsumed_tail or file.read(READ_BYTES)
                if not packed:
                    return "it is cut short"
                data = unpack.decompress(packed, READ_BYTES)
                total += len(data)
                sha256.update(data)
                if total > largest:
                    return f"it holds more than the {largest} bytes that the event names"
        except zlib.error:
            return "it is no gzip file"
        if unpack.unused_data or file.read(1):
            return "something stands behind its end"
    if sha256.hexdigest() != digest:
        return "its content is not what its name says"
    if size >= 0 and total != size:
        return f"it holds {total} bytes, the event says {size}"
    return None
