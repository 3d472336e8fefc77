"""Install commands where they are written: the squiggle, and a quick fix in place."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from workbench.driver import PATIENCE_MS, Start

WORKFLOW = """\
on: push
jobs:
  test:
    runs-on: macos-latest
    steps:
      - uses: actions/checkout@v4
      - name: Install
        run: |
          pip3 install pytest
          pytest
"""
GUIDE = """\
# Installing 😀

1. In a container:

   ```dockerfile
   FROM debian:12
   RUN pip3 install six
   ```
"""
DEVCONTAINER = """\
{
  // Debian's own Python
  "image": "debian:12",
  "postCreateCommand": "pip3 install pytest"
}
"""
# By path: the text, a piece of it, and what takes the place of that.
FILES = {
    ".github/workflows/ci.yml": (
        WORKFLOW,
        "      - name: Install\n",
        "      - name: Create a virtual environment\n"
        "        run: |\n"
        "          python3 -m venv .venv\n"
        '          echo "$PWD/.venv/bin" >> "$GITHUB_PATH"\n'
        "      - name: Install\n",
    ),
    "Makefile": (
        "test:\n\tpip3 install pytest\n\t./run-tests\n",
        "test:\n\tpip3 install pytest\n\t./run-tests\n",
        "test: .venv/bin/pip\n\t.venv/bin/pip install pytest\n\t./run-tests\n"
        "\n.venv/bin/pip:\n\tpython3 -m venv .venv\n",
    ),
    "INSTALL.md": (
        GUIDE,
        "   RUN pip3",
        "   RUN apt-get update && apt-get install -y --no-install-recommends python3-venv"
        " && rm -rf /var/lib/apt/lists/*\n"
        "   ENV VIRTUAL_ENV=/opt/venv\n"
        '   RUN python3 -m venv "$VIRTUAL_ENV"\n'
        '   ENV PATH="$VIRTUAL_ENV/bin:$PATH"\n'
        "   RUN pip3",
    ),
    ".devcontainer/devcontainer.json": (
        DEVCONTAINER,
        '"pip3 install',
        '"apt-get update && apt-get install -y --no-install-recommends python3-venv'
        " && python3 -m venv .venv && . .venv/bin/activate && pip3 install",
    ),
}


def test_fixed_in_place(start: Start) -> None:
    workbench = start(files={path: text for path, (text, *_) in FILES.items()})
    # What people read and type is warned of, what a program runs is an error.
    for path, (text, before, after) in FILES.items():
        name = path.rpartition("/")[2]
        severity = "warning" if name.endswith(".md") else "error"
        workbench.open_path(path)
        titles = workbench.quick_fixes(workbench.squiggle(severity))
        workbench.screenshot(f"{name}-1-quick-fixes")
        workbench.choose_quick_fix(titles[0])
        expect(workbench.squiggles(severity)).to_have_count(0, timeout=PATIENCE_MS)
        workbench.save(path, text.replace(before, after, 1))
        workbench.screenshot(f"{name}-2-fixed")


def test_the_package_manager_is_asked(start: Start) -> None:
    """What the distribution has of it stands in the menu, and is written with what the command needs here."""
    workbench = start(files={"setup.sh": "#!/bin/sh\npip3 install requests\n"})
    workbench.open_file("setup.sh")
    titles = workbench.quick_fixes(workbench.squiggle("error"))
    workbench.screenshot("1-quick-fixes")
    (offered,) = [title for title in titles if "with apt" in title]
    assert re.fullmatch(r"Install python3-requests 2\.\S+ with apt instead", offered)
    workbench.choose_quick_fix(offered)
    expect(workbench.squiggles("error")).to_have_count(0, timeout=PATIENCE_MS)
    workbench.save("setup.sh", re.compile(r"#!/bin/sh\n(?:sudo )?apt-get install -y python3-requests\n"))
    workbench.screenshot("2-fixed")
