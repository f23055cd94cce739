"""Causes behind bad verdicts, from measurements, judgements and the inventory alone.

`diagnose(state, inventory)` gives them; `REMEDIES` holds what helps, by id.
"""

from bringup.diagnosis.ladder import diagnose
from bringup.diagnosis.remedies import REMEDIES
from bringup.diagnosis.remedy import Remedy

__all__ = ["REMEDIES", "Remedy", "diagnose"]
