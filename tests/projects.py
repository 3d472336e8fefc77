"""Little projects, given as texts by name, and what commands printed in them."""

from __future__ import annotations

from pathlib import Path

from machines import DEBIAN_12
from pep668.explain import Explanation, Files, History, explain
from pep668.model import Machine

_RECORDINGS = Path(__file__).resolve().parent / "recordings" / "positives"
FOLDER = "/home/dev"


def recorded(name: str) -> str:
    return (_RECORDINGS / f"{name}.raw").read_bytes().decode("utf-8", "replace")


PIP = recorded("sid-pip-install-q")
UV = recorded("uv0.9.30-pip-install-python")
DOCKERFILE = (
    "FROM debian:12\nRUN apt-get update && apt-get install -y python3-pip\nCOPY requirements.txt .\n"
    "RUN pip3 install -r requirements.txt\n"
)


def explained(
    command: str,
    output: str,
    files: dict[str, str],
    code: int | None = 1,
    *,
    machine: Machine | None = DEBIAN_12,
    unsaved: tuple[str, ...] = (),
    history: History | None = None,
    interpreter: str | None = None,
) -> Explanation:
    texts = {f"{FOLDER}/{name}": text for name, text in files.items()}
    held = Files(FOLDER, texts.get, lambda path: path.removeprefix(f"{FOLDER}/") in unsaved)
    return explain(
        output,
        command=command,
        exit_code=code,
        cwd=FOLDER,
        shell="bash",
        machine=machine,
        files=held,
        history=history,
        interpreter=interpreter,
    )


def places(found: Explanation) -> list[str]:
    """Where the commands stand that the errors are about, "" for those of which it is not known."""
    return ["" if s is None else s.title for s in found.sources]


def titles(found: Explanation) -> list[str]:
    """What can be pressed."""
    return [action.title for action in found.advice.actions] if found.advice else []
