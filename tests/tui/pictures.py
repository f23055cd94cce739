"""Writes pictures of the console anew: `python tests/tui/pictures.py --renew [PATTERN ...]`, those whose
names match, or all of them. Then look at them.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from tests.tui.picture_set import renew

if __name__ == "__main__":
    if sys.argv[1:2] != ["--renew"]:
        sys.exit("python tests/tui/pictures.py --renew [PATTERN ...]")
    for changed in renew(sys.argv[2:]):
        print(changed)
