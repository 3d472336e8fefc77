"""Output and files that mean no good: no place outside of the folder, no exception, nothing without bounds."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from machines import DEBIAN_12
from pep668.analysis import analyze
from pep668.explain import Files, Listener, explain
from pep668.explain._hints import hints
from pep668.files import reader
from projects import DOCKERFILE, FOLDER, PIP, explained, places, recorded

HOSTILE = [
    "../x",
    "/etc/passwd",
    "../../etc/shadow",
    "\x1b[31mDockerfile",
    "a\u202eb",
    "",
    ".",
    "/",
    "~/x",
    "x" * 4000,
    "\\..\\x",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_names_that_lead_out_of_the_folder(name: str) -> None:
    asked: list[str] = []

    def read(path: str) -> str | None:
        asked.append(path)
        return "pip3 install six\n" * 3

    forged = f"+ {name}:2: pip3 install six\n{PIP}{name}:99999\n{name}:2\nmake: *** [{name}:2: x] Error 1\n"
    forged += f'  File "{name}", line 99999999, in main\n'
    for command in ("", f"bash {name!r}", "docker build ..", f"make -C {name!r}", "npm --prefix ../.. install"):
        found = explain(forged, command=command, exit_code=1, cwd=FOLDER, machine=DEBIAN_12, files=Files(FOLDER, read))
        for source in found.sources:
            assert source is None or source.path.startswith(FOLDER + "/")
    assert all(path.startswith(FOLDER + "/") and "/../" not in path for path in asked), asked


def test_a_forged_line_is_no_place() -> None:
    output = recorded("constructed-docker-buildkit-plain").replace("Dockerfile:4", "Dockerfile:99999")
    assert places(explained("", output, {"Dockerfile": DOCKERFILE}, machine=None)) == [""]
    assert places(explained("docker build .", output, {"Dockerfile": DOCKERFILE})) == ["Dockerfile:4"]


def test_what_is_read_is_bounded() -> None:
    read: list[str] = []

    def text(path: str) -> str:
        read.append(path)
        return "#!/bin/sh\n" + "".join(f"./{n}.sh\n" for n in range(100))

    explain(PIP, command="./a.sh", exit_code=1, cwd=FOLDER, machine=DEBIAN_12, files=Files(FOLDER, text))
    assert 10 < len(read) < 100
    huge = {"a.sh": "pip install six\n" + "true\n" * 100_000}
    assert places(explained("bash a.sh", PIP, huge)) == [""]


@pytest.mark.parametrize("end", ["\n", " || :\n", " && \\\n"])
def test_the_time_for_a_long_file_grows_with_its_length(end: str) -> None:
    # What is quadratic takes a minute here: a guard, not a measure.
    script = "".join(f"pip3 install p{number}{end}" for number in range(7000)) + "true || pip3 install last\n"
    begun = time.process_time()
    found = explained("bash setup.sh", "+ pip3 install p6999\n" + PIP, {"setup.sh": script})
    assert len(analyze(script, "shell", machine=DEBIAN_12).findings) == 7001
    assert time.process_time() - begun < 20
    assert places(found) == ["setup.sh:7000"]


def test_output_that_comes_in_pieces() -> None:
    output = "+ pip3 install six\n" + PIP + "done\n" * 10
    files = {f"{FOLDER}/s": "if a; then\n  pip3 install six\nfi\n"}
    for size, lead in ((7, ""), (4096, "x\n" * 200_000)):
        listener = Listener("bash -x s", 1)
        whole = lead + output
        for at in range(0, len(whole), size):
            listener.feed(whole[at : at + size])
        found = explain(listener, command="bash -x s", exit_code=1, cwd=FOLDER, files=Files(FOLDER, files.get))
        assert places(found) == ["s:2"]
        assert len(listener.cut(listener.length - 1000, listener.length) or "") == 1000
        assert not lead or listener.cut(0, 10) is None


def test_hints_are_bounded() -> None:
    assert len(hints("+ a:1: b\n" * 100_000, "x:1\n" * 100_000)) < 200


def test_files_are_read_below_the_folder_only(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("pip install six\n")
    folder = tmp_path / "p"
    folder.mkdir()
    (folder / "setup.sh").write_bytes(b"\xef\xbb\xbfpip install six\r\n")
    (folder / "link.sh").symlink_to(tmp_path / "secret")
    (folder / "inside.sh").symlink_to("setup.sh")
    (folder / "up").symlink_to("..")
    (folder / "large").write_bytes(b"x" * 2_000_000)
    read = reader(str(folder))
    assert read(f"{folder}/setup.sh") == read(f"{folder}/inside.sh") == "pip install six\r\n"
    for name in ("link.sh", "up/secret", "../secret", "large", ".", "none", "a\0b"):
        assert read(f"{folder}/{name}") is None
