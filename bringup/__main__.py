"""`python -m bringup`."""

import sys

from bringup.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
