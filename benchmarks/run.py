"""Every benchmark beside its peer, in one run: `make bench`, or `python benchmarks/run.py [--only NAME]`."""

import sys
from pathlib import Path

# Run as a script, this folder would be the first of the path.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.all import main

if __name__ == "__main__":
    sys.exit(main())
