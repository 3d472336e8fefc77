"""Install commands where they are written: the squiggle, and a quick fix in place."""

from __future__ import annotations

from playwright.sync_api import expect

from workbench.driver import PATIENCE_MS, Start

FILES = {
    ".github/workflows/ci.yml": """\
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
""",
    "Makefile": "test:\n\tpip3 install pytest\n\tpytest\n",
    "INSTALL.md": """\
# Installing 😀

> In a container:
>
> ```dockerfile
> FROM debian:12
> RUN pip3 install six
> ```
""",
    ".devcontainer/devcontainer.json": """\
{
  // Debian's own Python
  "image": "debian:12",
  "postCreateCommand": "pip3 install pytest"
}
""",
}


def test_fixed_in_place(start: Start) -> None:
    workbench = start(files=FILES)
    for path, before in FILES.items():
        name = path.rpartition("/")[2]
        workbench.open_path(path)
        squiggle = workbench.squiggle()
        titles = workbench.quick_fixes(squiggle)
        workbench.screenshot(f"{name}-1-quick-fixes")
        workbench.choose_quick_fix(titles[0])
        expect(workbench.squiggles()).to_have_count(0, timeout=PATIENCE_MS)
        workbench.save()
        workbench.screenshot(f"{name}-2-fixed")
        after = (workbench.folder / path).read_text(encoding="utf-8")
        assert after != before
        assert "pip3 install" not in after.replace("bin/pip3 install", ""), after
