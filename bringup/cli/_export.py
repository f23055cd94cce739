"""What `log prove`, `log check-proof` and `log export` do, loaded when they are called."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from bringup.cli.main import printable
from bringup.model.errors import InputError

if TYPE_CHECKING:
    from bringup.journal.folder import RunFolder


def print_proof(folder: RunFolder, seq: int, size: int | None, out: Path) -> int:
    """Write the proof of one event; 3 where no checkpoint covers it, 4 where the record contradicts one."""
    from bringup.journal.prove import ContradictionError, UncoveredError, prove

    try:
        proof = prove(folder, seq, size)
    except (ContradictionError, UncoveredError) as error:
        print(printable(f"bringup: {error}"), file=sys.stderr)
        return 4 if isinstance(error, ContradictionError) else 3
    write_pieces(iter([json.dumps(proof, indent=1, sort_keys=True).encode() + b"\n"]), out)
    return 0


def check_proof_file(file: Path, signers: Path | None) -> int:
    """Check a proof by the same list of signers as `log verify`; the event on stdout, what was found on
    stderr.
    """
    from bringup.journal.verify import SignersError, default_signers
    from bringup.journal.verify.proof import check_proof, load_proof
    from bringup.journal.verify.sshsig import Signers

    known = Signers([])
    try:
        if signers is not None or default_signers().is_file():
            known = Signers.load(signers or default_signers())
        result = check_proof(load_proof(file), known)
    except (SignersError, OSError) as error:
        raise InputError(str(error), "see ALLOWED SIGNERS in ssh-keygen(1)") from error
    word = {0: "proven", 3: "proven, by an unknown signer", 4: "NOT PROVEN"}[result.code]
    print(printable(f"{word}: {result.text}"), file=sys.stderr)
    if result.code != 4:
        print(printable(result.line))
    return result.code


def list_exports() -> None:
    """Name and what it is, a line each."""
    from bringup.export.format import all_exports

    for name, made in all_exports().items():
        print(f"{name:<11} {made.about}")


def write_export(folder: RunFolder, form: str, out: Path) -> None:
    """Write the record in another format to a new file, or to standard output.

    Raises:
        InputError: there is no such format, or the file is there already.
    """
    from difflib import get_close_matches

    from bringup.export.format import Source, all_exports

    formats = all_exports()
    if form not in formats:
        near = get_close_matches(form, formats, 1)
        advice = f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(formats)}."
        raise InputError(f"no export is called {form!r}", advice)
    write_pieces(formats[form].pieces(Source(folder)), out)


def write_pieces(pieces: Iterator[bytes], out: Path) -> None:
    """Write to a new file, or to standard output. A record that can't be read leaves no empty file behind.

    Raises:
        InputError: the file is there already, or can't be written.
    """
    begun = chain([next(pieces, b"")], pieces)
    if str(out) == "-":
        sys.stdout.buffer.writelines(begun)
        sys.stdout.buffer.flush()
        return
    try:
        with out.open("xb") as file:
            file.writelines(begun)
    except FileExistsError as error:
        raise InputError(f"{out} is there already", "name another file: --out PATH") from error
    except OSError as error:
        raise InputError(f"{out} can't be written: {error.strerror}") from error
    print(f"written: {out}", file=sys.stderr)
