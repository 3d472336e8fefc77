"""The line that was refused: opened from the advice, marked in its document, until it is no longer true."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from pep668.lsp.observations import Observations
from pep668.model import Observed

from .conftest import Connect, Session, capabilities
from .test_terminal import REFUSAL, advice, execution

SCRIPT = "#!/bin/bash\n# 😀\necho 😀; pip3 install six\n"
TRACE = "+ pip3 install six\r\n" + REFUSAL
MESSAGE = "pip refused to install six here when `bash -x setup.sh` ran"


def run(session: Session, **changed: Any) -> Any:
    return advice(session, **{"commandLine": "bash -x setup.sh", "output": TRACE, **changed})


def ended(session: Session, line: str = "bash -x setup.sh", code: int | None = 0, cwd: str | None = None) -> None:
    params = {"terminal": "1", "commandLine": line, "exitCode": code, "cwd": cwd or session.folder.as_uri()}
    session.client.protocol.notify("pep668/terminalExecutionEnded", params)


def script(session: Session, text: str = SCRIPT, name: str = "setup.sh") -> Path:
    path = session.folder / name
    path.write_text(text)
    return path


@pytest.mark.asyncio
@pytest.mark.parametrize(("encoding", "character"), [("utf-8", 11), ("utf-16", 9), ("utf-32", 8)])
async def test_the_place_to_open(connect: Connect, encoding: str, character: int) -> None:
    session = await connect(capabilities(encodings=[encoding]))
    script(session)
    found = await run(session)
    assert [a.title for a in found.actions][1] == "Show in setup.sh:3"
    shown = found.actions[1]
    assert (shown.kind, shown.uri) == ("open", session.uri("setup.sh"))
    assert (shown.range.start.line, shown.range.start.character) == (2, character)
    assert shown.range.end.character == character + len("pip3 install")


@pytest.mark.asyncio
async def test_the_line_is_marked_and_mended(connect: Connect) -> None:
    session = await connect()
    script(session)
    uri = session.open("setup.sh", SCRIPT)
    [expected] = await session.pushed(uri, 1)
    assert expected.code == "EM001"
    mended = await session.actions(uri, (2, 10), [types.CodeActionKind.QuickFix])
    everything = await session.actions(uri, (2, 10), [types.CodeActionKind.SourceFixAll])
    await run(session)
    await session.shows(uri, ["EM020"])
    [seen] = await session.pushed(uri, 1)
    assert (seen.message, seen.severity, seen.range) == (MESSAGE, types.DiagnosticSeverity.Error, expected.range)
    actions = await session.actions(uri, (2, 10), [types.CodeActionKind.QuickFix])
    assert [d.code for d in actions[0].diagnostics] == ["EM020"]
    assert actions[-1].title == mended[-1].title.replace("EM001", "EM020")
    for action in (*actions, *mended):
        if isinstance(action, types.CodeAction):
            action.diagnostics = None
    assert actions[:-1] == mended[:-1]
    whole = await session.actions(uri, (2, 10), [types.CodeActionKind.SourceFixAll])
    assert [a.edit for a in whole] == [a.edit for a in everything]


@pytest.mark.asyncio
async def test_it_goes_with_the_command(connect: Connect) -> None:
    session = await connect()
    script(session)
    uri = session.open("setup.sh", SCRIPT)
    await run(session)
    await session.shows(uri, ["EM020"])
    session.change(uri, 2, ((0, 0), (0, 0), "# moved\n"))
    assert [(d.code, d.range.start.line) for d in await session.pushed(uri, 2)] == [("EM020", 3)]
    session.change(uri, 3, ((3, 24), (3, 24), "==1"))
    assert [d.code for d in await session.pushed(uri, 3)] == ["EM001"]


@pytest.mark.asyncio
async def test_it_goes_when_the_command_works(connect: Connect) -> None:
    session = await connect()
    script(session)
    uri = session.open("setup.sh", SCRIPT)
    await run(session)
    await session.shows(uri, ["EM020"])
    ended(session, code=1)
    ended(session, line="bash -x other.sh")
    ended(session, cwd=(session.folder / "sub").as_uri())
    assert [d.code for d in await session.pushed(uri, 1)] == ["EM020"]
    ended(session, line=". .venv/bin/activate && bash -x setup.sh")
    await session.shows(uri, ["EM001"])


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("line", "shell", "offered"),
    [
        ("cd sub && bash -x setup.sh", "bash", ". .venv/bin/activate && bash -x setup.sh"),
        ("cd sub; bash -x setup.sh", "powershell", "if ($?) { bash -x setup.sh }"),
        ("/usr/bin/python3 sub/app.py", "bash", ".venv/bin/python sub/app.py"),
    ],
)
async def test_it_goes_when_what_was_offered_works(connect: Connect, line: str, shell: str, offered: str) -> None:
    session = await connect()
    (session.folder / "sub").mkdir()
    script(session, name="sub/setup.sh")
    script(session, "import os\nos.system('pip3 install six')\n", "sub/app.py")
    name = "sub/app.py" if line.endswith(".py") else "sub/setup.sh"
    uri = session.uri(name)
    found = await run(session, commandLine=line, shell=shell, output=REFUSAL if line.endswith(".py") else TRACE)
    await session.shows(uri, ["EM020"], None)
    first = found.actions[0]
    assert offered in first.text
    ended(session, first.text, 1, first.cwd)
    ended(session, first.text, cwd=(session.folder / "other").as_uri())
    assert [d.code for d in await session.pushed(uri, None)] == ["EM020"]
    ended(session, first.text, cwd=first.cwd)
    await session.shows(uri, [], None)


@pytest.mark.asyncio
async def test_a_text_that_nobody_ran_marks_nothing(connect: Connect) -> None:
    session = await connect()
    script(session)
    uri = session.open("setup.sh", SCRIPT)
    output = f"setup.sh: line 3: pip3 install six\r\n{TRACE}"
    found = await run(session, commandLine=" ", output=output, exitCode=None)
    assert found.actions
    assert [d.code for d in await session.pushed(uri, 1)] == ["EM001"]
    await run(session)
    await session.shows(uri, ["EM020"])


@pytest.mark.asyncio
async def test_what_is_edited_is_found_where_it_is_seen(connect: Connect) -> None:
    session = await connect()
    script(session)
    session.open("setup.sh", "\n\n" + SCRIPT)
    found = await run(session)
    assert found.actions[1].title == "Show in setup.sh:5"


@pytest.mark.asyncio
async def test_files_that_are_not_open_are_pushed(connect: Connect) -> None:
    session = await connect()
    script(session)
    uri = session.uri("setup.sh")
    await run(session)
    await session.shows(uri, ["EM020"], None)
    ended(session)
    await session.shows(uri, [], None)


@pytest.mark.asyncio
async def test_files_that_are_not_open_are_pulled(connect: Connect) -> None:
    session = await connect(capabilities(pull=True))
    script(session, "deps:\n\tpip3 install six\n", "Makefile")
    output = "pip3 install six\r\n" + REFUSAL + "make: *** [Makefile:2: deps] Error 1\r\n"
    await advice(session, commandLine="make deps", output=output, exitCode=2)
    params = types.WorkspaceDiagnosticParams([])
    report = await asyncio.wait_for(session.client.workspace_diagnostic_async(params), 20)
    [item] = report.items
    assert isinstance(item, types.WorkspaceFullDocumentDiagnosticReport)
    assert (item.uri, [d.message for d in item.items]) == (
        session.uri("Makefile"),
        ["pip refused to install six here when `make deps` ran"],
    )
    known = [types.PreviousResultId(item.uri, item.result_id or "")]
    waiting = asyncio.ensure_future(session.client.workspace_diagnostic_async(types.WorkspaceDiagnosticParams(known)))
    ended(session, "make deps")
    report = await asyncio.wait_for(waiting, 20)
    [item] = report.items
    assert isinstance(item, types.WorkspaceFullDocumentDiagnosticReport)
    assert (item.uri, list(item.items)) == (session.uri("Makefile"), [])
    uri = session.open("Makefile", "deps:\n\tpip3 install six\n", "makefile")
    pulled = await session.pull(uri)
    assert isinstance(pulled, types.RelatedFullDocumentDiagnosticReport)
    assert [d.code for d in pulled.items] == ["EM001"]


@pytest.mark.asyncio
async def test_a_silent_script(connect: Connect) -> None:
    session = await connect()
    script(session)
    uri = session.open("setup.sh", SCRIPT)
    found = await run(session, commandLine="bash setup.sh", output="")
    assert found.actions[1].title == "Show in setup.sh:3"
    await session.shows(uri, ["EM020"])


@pytest.mark.asyncio
async def test_hostile_command_lines_and_names(connect: Connect, tmp_path: Path) -> None:
    session = await connect()
    (tmp_path / "outside.sh").write_text("pip3 install six\n")
    (session.folder / "link.sh").symlink_to(tmp_path / "outside.sh")
    script(session)
    uri = session.open("setup.sh", SCRIPT)
    for line in ("bash ../outside.sh", "bash link.sh", f"bash {tmp_path}/outside.sh"):
        found = await run(session, commandLine=line)
        assert [a.kind for a in found.actions if a.kind == "open"] == [], line
    await run(session, commandLine="bash setup.sh; true '\u202e`\x1b[31m" + "x" * 500 + "'")
    await session.shows(uri, ["EM020"])
    [seen] = await session.pushed(uri, 1)
    assert seen.message.isprintable()
    assert len(seen.message) < 120
    odd_ones: list[Any] = [None, [], {"commandLine": 3}, {"commandLine": "x", "exitCode": "0", "cwd": 5}]
    for odd in odd_ones:
        session.client.protocol.notify("pep668/terminalExecutionEnded", odd)
    assert (await session.send("pep668/explain", execution(session))).markdown


def test_an_execution_that_ends_with_0_itself_removes_nothing() -> None:
    seen = Observations()
    here = [("/p/setup.sh", Observed("pip install six"))]
    assert seen.note("bash setup.sh", "/p", 0, here)
    assert not seen.ended("bash setup.sh", 0, "/p")  # its own end
    assert seen.of("/p/setup.sh")
    assert seen.ended("bash setup.sh", 0, "/p")
    assert not seen.paths
    seen.ended("bash setup.sh", 0, "/p")  # the end may be told first
    assert seen.note("bash setup.sh", "/p", 0, here)
    assert seen.ended("bash setup.sh", 0, "/p")


def test_what_was_refused_last_is_all_that_counts() -> None:
    seen = Observations()
    seen.note("make", "/p", 2, [("/p/a", Observed("pip install a")), ("/p/b", Observed("pip install b"))])
    assert seen.note("make", "/p", 2, [("/p/b", Observed("pip install b"))])
    assert seen.paths == ["/p/b"]
    assert not seen.note("make", "/p", 2, [("/p/b", Observed("pip install b"))])
    seen.note("make", "/q", 2, [("/q/c", Observed("pip install c"))])
    assert seen.paths == ["/p/b", "/q/c"]
    for number in range(1000):
        seen.note(f"bash {number}", "/p", 1, [(f"/p/{number}", Observed("pip install a"))])
    assert len(seen.paths) == 200


def test_what_was_offered_ends_it_in_its_own_folder_only() -> None:
    seen = Observations()
    here = [("/p/sub/setup.sh", Observed("pip install six"))]
    offers = [(". .venv/bin/activate && bash setup.sh", "/p/sub"), ("x", "")]
    seen.note("cd sub && bash setup.sh", "/p", 1, here, offers)
    assert not seen.ended(". .venv/bin/activate && bash setup.sh", 0, "/p")
    assert not seen.ended(". .venv/bin/activate && bash setup.sh", None, "/p/sub")
    assert seen.ended(". .venv/bin/activate && bash setup.sh", 0, "/p/sub/")
    seen.note("make", "/p", 1, here, [("x", "")])
    assert seen.ended("x", 0, "/anywhere")
