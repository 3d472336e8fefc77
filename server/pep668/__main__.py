"""`python -m pep668`."""

import sys

from .cli import main

sys.exit(main())
