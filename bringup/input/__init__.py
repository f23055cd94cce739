"""Reads what people write: inventories, playbooks, envelopes, answers, cable lists; tells errors by line."""

from bringup.input.answers import load_answers
from bringup.input.envelope import load_envelope, load_envelopes
from bringup.input.inventory import inventory_files, load_inventory
from bringup.input.playbook import load_playbook
from bringup.input.shipped import find_file, find_shipped, list_shipped

__all__ = [
    "find_file",
    "find_shipped",
    "inventory_files",
    "list_shipped",
    "load_answers",
    "load_envelope",
    "load_envelopes",
    "load_inventory",
    "load_playbook",
]
