"""Writes the pictures of the console anew: `python tests/tui/pictures.py --renew`. Then look at them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from tests.tui.picture_set import renew

if __name__ == "__main__":
    if sys.argv[1:] != ["--renew"]:
        sys.exit("python tests/tui/pictures.py --renew")
    renew()
