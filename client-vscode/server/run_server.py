"""Starts the language server that lies in libs/ beside this file.

Run as `python -I run_server.py [--prefer-installed] server`: isolated mode keeps
PYTHONPATH, the working directory and the user's site-packages out of it.
"""

import os
import sys

LIBRARIES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "libs")


def main():
    if sys.argv[1:2] == ["--prefer-installed"]:
        del sys.argv[1]
        sys.path.append(LIBRARIES)
    else:
        sys.path.insert(0, LIBRARIES)
    from pep668.cli import main as cli

    return cli()


if __name__ == "__main__":
    sys.exit(main())
