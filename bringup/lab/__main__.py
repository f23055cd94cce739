"""`python -m bringup.lab`: a lab as a process of its own, for whoever starts it beside a run."""

from __future__ import annotations

import sys

from bringup.lab.process import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
