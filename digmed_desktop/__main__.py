"""``python -m digmed_desktop``."""

import sys

from digmed_desktop.cli import main

if __name__ == "__main__":
    sys.exit(main())
