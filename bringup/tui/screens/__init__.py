"""Every screen of the console by its name. A new screen is one file here and one line in this table."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bringup.tui.screen import Screen
from bringup.tui.screens import (
    ask,
    cannot,
    company,
    compare,
    copying,
    doctor,
    done,
    evidence,
    failure,
    failures,
    filtering,
    handover,
    helping,
    journal,
    leaving,
    matrix,
    noting,
    palette,
    photo,
    put,
    raw,
    run,
    sign,
    soak,
    swap,
    take,
    turn,
    typed,
    waive,
    watch,
    work,
)

SCREENS: Mapping[str, Screen] = MappingProxyType(
    {
        "run": run.SCREEN,
        "work": work.SCREEN,
        "take": take.SCREEN,
        "company": company.SCREEN,
        "noting": noting.SCREEN,
        "ask": ask.SCREEN,
        "cannot": cannot.SCREEN,
        "failures": failures.SCREEN,
        "failure": failure.SCREEN,
        "done": done.SCREEN,
        "soak": soak.SCREEN,
        "compare": compare.SCREEN,
        "doctor": doctor.SCREEN,
        "swap": swap.SCREEN,
        "turn": turn.SCREEN,
        "watch": watch.SCREEN,
        "put": put.SCREEN,
        "matrix": matrix.SCREEN,
        "journal": journal.SCREEN,
        "filter": filtering.SCREEN,
        "sign": sign.SCREEN,
        "handover": handover.SCREEN,
        "help": helping.SCREEN,
        "palette": palette.SCREEN,
        "typed": typed.SCREEN,
        "copy": copying.SCREEN,
        "evidence": evidence.SCREEN,
        "raw": raw.SCREEN,
        "waive": waive.SCREEN,
        "photo": photo.SCREEN,
        "leave": leaving.SCREEN,
    }
)
