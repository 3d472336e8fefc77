"""The package manager of this machine is asked when somebody opens an action, and not before."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
from lsprotocol import types

from .conftest import SERVER, Connect, Session, capabilities, span

# The server's machine: Debian 12, whose own Python is the marked one that the tests have made.
MACHINE = """\
from dataclasses import replace

from pep668 import machine
from pep668.model import Distribution

read = machine.snapshot


def snapshot(*args, **kwargs):
    found = read(*args, **kwargs)
    programs = {
        name: replace(program, prefix="/usr", owner="Debian") if program and program.marker else program
        for name, program in found.programs.items()
    }
    debian = Distribution("debian", "12", "bookworm", "Debian GNU/Linux 12 (bookworm)")
    return replace(found, distribution=debian, programs=programs, root=False)


machine.snapshot = snapshot
"""
APT = """#!/bin/sh
echo "$@" >> "{calls}"
cat <<'END'
python3-requests:
  Candidate: {version}
  Version table:
        500 http://archive/debian bookworm/main amd64 Packages
END
"""


pytestmark = pytest.mark.asyncio


class Apt:
    def __init__(self, folder: Path, environ: dict[str, str]) -> None:
        self.calls = folder / "calls"
        self.program = Path(environ["PATH"]) / "apt-cache"
        patch = folder / "patch"
        patch.mkdir()
        (patch / "sitecustomize.py").write_text(MACHINE)
        environ["PYTHONPATH"] = f"{patch}:{SERVER}"
        environ["PATH"] += ":/usr/bin:/bin"

    def says(self, version: str, before: str = "") -> None:
        self.program.write_text(APT.format(calls=self.calls, version=version).replace("cat <<", f"{before}\ncat <<"))
        self.program.chmod(0o755)

    @property
    def asked(self) -> list[str]:
        return self.calls.read_text().splitlines() if self.calls.exists() else []


@pytest.fixture
def apt(tmp_path: Path, environ: dict[str, str]) -> Apt:
    made = Apt(tmp_path, environ)
    made.says("2.32.3+dfsg-1~bpo12+1")
    return made


def resolving(*properties: str) -> types.ClientCapabilities:
    return capabilities(
        text={
            "code_action": types.CodeActionClientCapabilities(
                code_action_literal_support=types.ClientCodeActionLiteralOptions(
                    types.ClientCodeActionKindOptions(value_set=[types.CodeActionKind.QuickFix])
                ),
                data_support=True,
                resolve_support=types.ClientCodeActionResolveOptions(list(properties)),
            )
        }
    )


SCRIPT = "pip3 install requests\n"


async def offered(session: Session, uri: str, *, opened: bool = False) -> types.CodeAction:
    """The action about the distribution's package."""
    kind = types.CodeActionTriggerKind
    context = types.CodeActionContext([], trigger_kind=kind.Invoked if opened else kind.Automatic)
    at = span((0, 2), (0, 2))
    params = types.CodeActionParams(types.TextDocumentIdentifier(uri), at, context)
    found: Any = await session.client.text_document_code_action_async(params)
    [action] = [a for a in found if "apt" in a.title or "Debian 12 has" in a.title]
    return cast("types.CodeAction", action)  # lsprotocol takes one that has a command for a command


def new_text(action: types.CodeAction) -> str:
    assert action.edit is not None
    assert action.edit.document_changes is not None
    [change] = action.edit.document_changes
    assert isinstance(change, types.TextDocumentEdit)
    return "".join(edit.new_text for edit in change.edits if isinstance(edit, types.TextEdit))


async def test_a_chosen_action_is_resolved_by_what_apt_says(connect: Connect, apt: Apt) -> None:
    session = await connect(resolving("edit"))
    assert isinstance(session.server.code_action_provider, types.CodeActionOptions)
    assert session.server.code_action_provider.resolve_provider
    uri = session.open("setup.sh", SCRIPT)
    action = await offered(session, uri)
    assert (action.title, action.edit, apt.asked) == ("Install python3-requests with apt instead", None, [])
    resolved = await session.client.code_action_resolve_async(action)
    assert resolved.title == "Install python3-requests 2.32.3 with apt instead"
    assert new_text(resolved) == "sudo apt-get install -y python3-requests"
    assert apt.asked == ["policy -- python3-requests apt"]
    # From now on it is known, without asking.
    known = await offered(session, uri)
    assert known.title == resolved.title
    assert known.edit == resolved.edit
    assert len(apt.asked) == 1


async def test_opening_the_list_asks(connect: Connect, apt: Apt) -> None:
    session = await connect()
    uri = session.open("setup.sh", "pip3 install 'requests>=2.30'\n")
    action = await offered(session, uri)
    assert action.title == "Debian 12 has python3-requests 2.28.1, which >=2.30 excludes"
    assert apt.asked == []
    action = await offered(session, uri, opened=True)
    assert action.title == "Install python3-requests 2.32.3 with apt instead"
    assert new_text(action) == "sudo apt-get install -y python3-requests"
    assert len(apt.asked) == 1


async def test_what_is_not_there_is_no_edit(connect: Connect, apt: Apt) -> None:
    apt.says("(none)")
    session = await connect(resolving("edit", "command"))
    action = await offered(session, session.open("setup.sh", SCRIPT))
    assert (action.edit, action.command) == (None, None)
    resolved = await session.client.code_action_resolve_async(action)
    assert resolved.title == "apt has no python3-requests here"
    assert resolved.edit is None
    assert resolved.command is not None
    assert resolved.command.command == "pep668.showFix"


async def test_a_client_that_resolves_edits_only_is_told(connect: Connect, apt: Apt) -> None:
    apt.says("(none)")
    session = await connect(resolving("edit"))
    told: list[types.ShowMessageParams] = []
    session.client.protocol.fm.features[types.WINDOW_SHOW_MESSAGE] = told.append
    resolved = await session.client.code_action_resolve_async(await offered(session, session.open("setup.sh", SCRIPT)))
    assert (resolved.edit, resolved.command) == (None, None)
    [message] = await session.until(lambda: told)
    assert message.message.startswith("apt has no python3-requests here.")


async def test_nothing_is_asked_in_a_workspace_that_is_not_trusted(connect: Connect, apt: Apt) -> None:
    session = await connect(resolving("edit"), options={"trusted": False})
    uri = session.open("setup.sh", SCRIPT)
    action = await offered(session, uri, opened=True)
    assert action.title == "Install python3-requests with apt instead"
    assert new_text(action) == "sudo apt-get install -y python3-requests"
    assert apt.asked == []


async def test_nothing_is_asked_about_another_place(connect: Connect, apt: Apt) -> None:
    session = await connect(resolving("edit"))
    uri = session.open("Dockerfile", "FROM debian:12\nRUN pip3 install requests\n")
    at = span((1, 6), (1, 6))
    context = types.CodeActionContext([], trigger_kind=types.CodeActionTriggerKind.Invoked)
    found: Any = await session.client.text_document_code_action_async(
        types.CodeActionParams(types.TextDocumentIdentifier(uri), at, context)
    )
    [action] = [a for a in found if "apt" in a.title]
    assert new_text(action).endswith("python3-requests")
    assert apt.asked == []


async def test_an_apt_that_hangs_holds_nothing_up(connect: Connect, apt: Apt) -> None:
    apt.says("2.28.1-1", before="sleep 3")
    session = await connect(resolving("edit"))
    uri = session.open("setup.sh", SCRIPT)
    action = await offered(session, uri, opened=True)  # a second, then without an answer
    assert action.title == "Install python3-requests with apt instead"
    assert await session.hover(uri, 0, 2) is not None  # others are answered meanwhile
    resolved = await session.client.code_action_resolve_async(action)
    assert resolved.title == "Install python3-requests 2.28.1 with apt instead"
    assert len(apt.asked) == 1


async def test_an_action_of_a_document_that_has_changed(connect: Connect, apt: Apt) -> None:
    session = await connect(resolving("edit"))
    uri = session.open("setup.sh", SCRIPT)
    action = await offered(session, uri)
    session.change(uri, 2, "echo done\n")
    resolved = await session.client.code_action_resolve_async(action)
    assert resolved.edit is None
    odd = types.CodeAction("x", data=[1])
    assert (await session.client.code_action_resolve_async(odd)).edit is None
    assert apt.asked == []
