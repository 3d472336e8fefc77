"""Diagnostics, hover, code actions and lenses, as clients of several kinds see them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from lsprotocol import types

from pep668.text import LineTable

from .conftest import DOCKERFILE, Connect, Session, capabilities, environment, install, span

pytestmark = pytest.mark.asyncio

COMMAND = span((1, 4), (1, 20))


# --- diagnostics ---


async def test_pushed_diagnostics(connect: Connect) -> None:
    session = await connect()
    uri = session.open("Dockerfile", DOCKERFILE, version=7)
    [found] = await session.pushed(uri, 7)
    assert found.range.start == COMMAND.start
    assert found.severity == types.DiagnosticSeverity.Error
    assert (found.code, found.source) == ("EM001", "pep668")
    assert found.code_description is not None
    assert found.code_description.href.startswith("https://")
    assert found.data == {"rule": "EM001", "verdict": "refused"}
    assert found.related_information
    assert found.related_information[0].location.uri == uri
    assert found.related_information[0].location.range.start.line == 0  # FROM says where it runs


async def test_a_simple_client_gets_what_it_knows(connect: Connect) -> None:
    session = await connect(types.ClientCapabilities())
    uri = session.open("Dockerfile", DOCKERFILE)
    [found] = await session.pushed(uri, None)
    assert found.code == "EM001"
    assert (found.related_information, found.code_description, found.data) == (None, None, None)
    shown = await session.hover(uri, 1, 6)
    assert shown is not None
    assert shown.contents.kind == types.MarkupKind.PlainText  # type: ignore[union-attr]
    assert "**" not in shown.contents.value  # type: ignore[union-attr]
    actions = await session.actions(uri, (1, 6))
    assert all(isinstance(action, types.Command) for action in actions)


async def test_only_the_last_of_many_changes_needs_an_answer(connect: Connect) -> None:
    session = await connect()
    uri = session.open("Dockerfile", "FROM debian:12\nRUN ")
    for version, character in enumerate("pip3 install six", start=2):
        session.change(uri, version, ((1, 2 + version), (1, 2 + version), character))
    [found] = await session.pushed(uri, 17)
    assert found.range.start == COMMAND.start


async def test_closing_removes_what_was_pushed(connect: Connect) -> None:
    session = await connect()
    uri = session.open("Dockerfile", DOCKERFILE)
    assert await session.pushed(uri, 1)
    session.client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri)))
    assert await session.pushed(uri, None) == []


async def test_pulled_diagnostics_are_never_pushed(connect: Connect) -> None:
    session = await connect(capabilities(pull=True))
    assert session.server.diagnostic_provider is not None
    uri = session.open("Dockerfile", DOCKERFILE)
    full = await session.pull(uri)
    assert isinstance(full, types.RelatedFullDocumentDiagnosticReport)
    assert [d.code for d in full.items] == ["EM001"]
    same = await session.pull(uri, full.result_id)
    assert isinstance(same, types.RelatedUnchangedDocumentDiagnosticReport)
    assert same.result_id == full.result_id
    session.change(uri, 2, ((1, 0), (1, 3), "# RUN"))
    changed = await session.pull(uri, full.result_id)
    assert isinstance(changed, types.RelatedFullDocumentDiagnosticReport)
    assert list(changed.items) == []
    assert session.published == []


async def test_a_document_opened_again_is_not_unchanged(connect: Connect) -> None:
    session = await connect(capabilities(pull=True))
    uri = session.open("Dockerfile", DOCKERFILE)
    first = await session.pull(uri)
    session.client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri)))
    session.open("Dockerfile", "FROM debian:12\n")
    again = await session.pull(uri, first.result_id)
    assert isinstance(again, types.RelatedFullDocumentDiagnosticReport)
    assert list(again.items) == []


# --- texts ---

ODD = {
    "emoji before the command": 'FROM debian:12\nRUN x="😀😀";pip3 install six\n',
    "CRLF": "FROM debian:12\r\n# 😀\r\nRUN true && pip3 install six\r\n",
    "CR": "FROM debian:12\rRUN pip3 install six\r",
    "form feed": "FROM debian:12\n# a\fb\f\nRUN pip3 install six\n",
    "U+2028 and U+0085": "FROM debian:12\n# a\u2028b\x85c\x1c\nRUN pip3 install six\n",
    "no line end": "FROM debian:12\nRUN pip3 install six",
}


def _at(text: str, needle: str) -> types.Position:
    """Where a needle stands, in UTF-16, counted another way than the server does."""
    offset = text.index(needle)
    line, _ = LineTable(text).position(offset)
    start = LineTable(text).line_span(line).start
    return types.Position(line, len(text[start:offset].encode("utf-16-le")) // 2)


@pytest.mark.parametrize("text", [v for k, v in ODD.items() if k != "CR"], ids=[k for k in ODD if k != "CR"])
async def test_positions_in_odd_texts(connect: Connect, text: str) -> None:
    session = await connect()
    uri = session.open("Dockerfile", text)
    [found] = await session.pushed(uri, 1)
    at = _at(text, "pip3")
    assert found.range.start == at
    shown = await session.hover(uri, at.line, at.character)
    assert shown is not None
    assert shown.range is not None
    assert shown.range.start == at


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
async def test_half_typed_documents(connect: Connect, text: str) -> None:
    """Typed character by character: no step fails, and the end is that of the whole text."""
    session = await connect(capabilities(pull=True))
    typed, whole = session.open("Dockerfile", ""), session.open("whole/Dockerfile", text)
    done = ""
    for version, character in enumerate(text, start=2):
        end = _at(done + "\0", "\0")
        session.change(typed, version, ((end.line, end.character), (end.line, end.character), character))
        done += character
        await session.pull(typed)
        await session.hover(typed, end.line, end.character)
        await session.actions(typed, (end.line, end.character))
    ends = [await session.pull(uri) for uri in (typed, whole)]
    ours, theirs = ([(d.code, d.range) for d in report.items] for report in ends)  # type: ignore[union-attr]
    assert ours == theirs
    assert not [m for m in session.client.log_messages if m.type == types.MessageType.Error]


async def test_untitled_documents(connect: Connect) -> None:
    session = await connect()
    uri = session.open("untitled:Untitled-1", "sudo pip3 install six\n", "shellscript")
    assert await session.pushed(uri, 1)
    assert await session.lenses(uri) == []


async def test_a_line_of_five_megabytes_blocks_nobody(connect: Connect) -> None:
    session = await connect()
    big = session.open("big.sh", "echo " + "pip 😀 " * 800_000)
    uri = session.open("Dockerfile", DOCKERFILE)
    assert await session.pushed(uri, 1)
    assert not [p for p in session.published if p.uri == big]
    await session.pushed(big, 1)


# --- hover ---


async def test_hover(connect: Connect) -> None:
    session = await connect()
    uri = session.open("Dockerfile", DOCKERFILE)
    shown = await session.hover(uri, 1, 6)
    assert shown is not None
    assert shown.contents.kind == types.MarkupKind.Markdown  # type: ignore[union-attr]
    assert f"debian:12 (Debian 12's Python is marked as externally managed) ([line 1]({uri}#L1))" in (
        shown.contents.value  # type: ignore[union-attr]
    )
    assert shown.range == COMMAND
    assert await session.hover(uri, 0, 1) is None


# --- code actions ---


def applied(text: str, edit: types.WorkspaceEdit) -> str:
    """The text after the edit of one document in UTF-16, from the end."""
    edits: list[Any]
    if edit.document_changes:
        [changes] = edit.document_changes
        edits = list(changes.edits)  # type: ignore[union-attr]
    else:
        assert edit.changes
        [edits] = map(list, edit.changes.values())
    lines = text.split("\n")
    starts = [sum(len(line) + 1 for line in lines[:n]) for n in range(len(lines) + 1)]
    # From the end; of edits at one place the first stands first.
    edits.sort(key=lambda e: (e.range.start.line, e.range.start.character))
    for e in reversed(edits):
        first = starts[e.range.start.line] + e.range.start.character
        last = starts[e.range.end.line] + e.range.end.character
        text = text[:first] + e.new_text + text[last:]
    return text


async def _shown(session: Session, uri: str) -> list[types.Diagnostic]:
    return await session.pushed(uri, 1)


async def test_code_actions(connect: Connect) -> None:
    session = await connect()
    uri = session.open("Dockerfile", DOCKERFILE)
    shown = await session.pushed(uri, 1)
    actions = await session.actions(uri, (1, 6), shown=shown)
    assert all(a.kind == types.CodeActionKind.QuickFix for a in actions)
    assert all(list(a.diagnostics) == shown for a in actions)
    assert [a.is_preferred for a in actions].count(True) == 1
    assert actions[0].is_preferred
    [edit] = actions[0].edit.document_changes
    assert edit.text_document == types.OptionalVersionedTextDocumentIdentifier(uri=uri, version=1)
    fixed = applied(DOCKERFILE, actions[0].edit)
    session.change(uri, 2, fixed)
    assert await session.pushed(uri, 2) == []


async def test_the_last_resort_is_never_preferred(connect: Connect) -> None:
    session = await connect()
    uri = session.open("Dockerfile", DOCKERFILE)
    actions = await session.actions(uri, (1, 6))
    forced = [a for a in actions if a.edit and "break-system-packages" in applied(DOCKERFILE, a.edit)]
    assert forced
    assert not any(a.is_preferred for a in forced)
    *_, ignoring = actions
    assert forced == actions[-1 - len(forced) : -1]
    assert ignoring.title.startswith("Ignore EM001 here")
    assert not ignoring.is_preferred


async def test_a_comment_silences_a_finding(connect: Connect) -> None:
    session = await connect()
    uri = session.open("Dockerfile", DOCKERFILE)
    await session.pushed(uri, 1)
    ignoring = (await session.actions(uri, (1, 6)))[-1]
    text = applied(DOCKERFILE, ignoring.edit)
    assert text == "FROM debian:12\n# pep668: ignore[EM001]\nRUN pip3 install six\n"
    session.change(uri, 2, text)
    assert await session.pushed(uri, 2) == []
    assert await session.actions(uri, (2, 6)) == []
    assert await session.hover(uri, 2, 6) is not None


async def test_a_comment_in_a_long_script(connect: Connect) -> None:
    session = await connect()
    filler = "echo line\n" * 3_000
    uri = session.open("long.sh", f"#!/bin/sh\n{filler}pip install six\n")
    assert [d.code for d in await session.pushed(uri, 1)] == ["EM001"]
    session.change(uri, 2, f"#!/bin/sh\n{filler}# pep668: ignore[EM001]\npip install six\n")
    assert await session.pushed(uri, 2) == []
    session.change(uri, 3, f"#!/bin/sh\n{filler}# pep668:\npip install six\n")
    assert [d.code for d in await session.pushed(uri, 3)] == ["EM001"]


async def test_edits_without_versions_where_the_client_has_none(connect: Connect) -> None:
    wanted = capabilities(workspace={"workspace_edit": types.WorkspaceEditClientCapabilities()})
    session = await connect(wanted)
    uri = session.open("Dockerfile", DOCKERFILE)
    first = (await session.actions(uri, (1, 6)))[0]
    assert first.edit.document_changes is None
    assert list(first.edit.changes) == [uri]


@pytest.mark.parametrize(
    ("only", "some"),
    [
        (None, True),
        (["quickfix"], True),
        ([""], True),
        (["refactor"], False),
        (["source.organizeImports", "quickfix"], True),
    ],
)
async def test_kinds_that_are_asked_for(connect: Connect, only: list[str] | None, some: bool) -> None:
    session = await connect()
    uri = session.open("Dockerfile", DOCKERFILE)
    kinds = None if only is None else [types.CodeActionKind(k) for k in only]
    assert bool(await session.actions(uri, (1, 6), kinds)) is some
    assert await session.actions(uri, (0, 2), kinds) == []


BUILT = """\
FROM debian:12
RUN apt-get update && apt-get install -y python3-pip
COPY . .
COPY . /app

RUN pip3 install six
RUN pip install --no-cache-dir rich
"""


@pytest.mark.parametrize("only", ["source", "source.fixAll", "source.fixAll.pep668"])
async def test_all_safe_fixes_as_one_action(connect: Connect, only: str) -> None:
    session = await connect()
    uri = session.open("Dockerfile", BUILT)
    assert len(await session.pushed(uri, 1)) == 2
    [action] = await session.actions(uri, (0, 0), [types.CodeActionKind("quickfix"), only])  # type: ignore[list-item]
    assert action.kind == "source.fixAll.pep668"
    fixed = applied(BUILT, action.edit)
    assert "apt-get install -y python3-pip python3-venv\n" in fixed
    assert fixed.count("-m venv") == 1
    session.change(uri, 2, fixed)
    assert await session.pushed(uri, 2) == []
    assert await session.actions(uri, (0, 0), [only]) == []  # type: ignore[list-item]


async def test_fixing_all_leaves_what_needs_a_look(connect: Connect) -> None:
    session = await connect()
    uri = session.open("Dockerfile", "FROM $BASE\nRUN pip install six\n")
    await session.pushed(uri, 1)
    assert await session.actions(uri, (0, 0), ["source.fixAll"]) == []  # type: ignore[list-item]


@pytest.mark.parametrize(("image", "safe"), [("debian:12", True), ("$BASE", False)])
async def test_a_change_in_several_places_is_annotated(connect: Connect, image: str, safe: bool) -> None:
    wanted = types.WorkspaceEditClientCapabilities(
        document_changes=True, change_annotation_support=types.ChangeAnnotationsSupportOptions()
    )
    session = await connect(capabilities(workspace={"workspace_edit": wanted}))
    text = BUILT.replace("debian:12", image)
    uri = session.open("Dockerfile", text)
    await session.pushed(uri, 1)
    first = (await session.actions(uri, (5, 6)))[0]
    [annotation] = first.edit.change_annotations.values()
    assert (annotation.label, annotation.description is None) == (first.title, safe)
    assert not annotation.needs_confirmation  # one place without the others is no fix
    [change] = first.edit.document_changes
    assert {e.annotation_id for e in change.edits} == set(first.edit.change_annotations)
    single = session.open("a/Dockerfile", DOCKERFILE)
    await session.pushed(single, 1)
    assert (await session.actions(single, (1, 6)))[0].edit.change_annotations is None


# --- requirements files ---


async def test_lens_where_there_is_no_environment(connect: Connect) -> None:
    session = await connect()
    (session.folder / "app").mkdir()
    uri = session.open("app/requirements.txt", "# what it needs\nsix==1.16\n")
    [lens] = await session.lenses(uri)
    assert lens.range.start.line == 1
    assert lens.command is not None
    assert lens.command.title == "Create virtual environment and install these requirements"
    assert lens.command.command == "pep668.createEnvironment"
    expected = {"folder": session.folder.as_uri(), "directory": ".venv", "requirements": ["app/requirements.txt"]}
    assert list(lens.command.arguments or ()) == [expected]
    [found] = await session.pushed(uri, 1)
    assert found.code == "EM030"


async def test_lens_where_there_is_one(connect: Connect) -> None:
    session = await connect()
    install(environment(session.folder), "six", "1.16.0")
    (session.folder / "requirements").mkdir()
    uri = session.open("requirements/dev.txt", "six\n", "pip-requirements")
    [lens] = await session.lenses(uri)
    assert lens.command is not None
    assert lens.command.title == "Install these requirements into .venv"
    expected = {"folder": session.folder.as_uri(), "directory": ".venv", "requirements": ["requirements/dev.txt"]}
    assert list(lens.command.arguments or ()) == [expected]
    await session.shows(uri, [])


async def test_a_lens_installs_a_project_as_one(connect: Connect) -> None:
    session = await connect()
    (session.folder / "app").mkdir()
    uri = session.open("app/pyproject.toml", '[project]\nname = "app"\ndependencies = ["six"]\n', "toml")
    [lens] = await session.lenses(uri)
    assert lens.command is not None
    assert lens.command.title == "Create virtual environment and install this project"
    expected = {"folder": session.folder.as_uri(), "directory": ".venv", "editable": ["app"]}
    assert list(lens.command.arguments or ()) == [expected]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("constraints.txt", "six==1.16\n"),
        ("Pipfile", '[packages]\nsix = "*"\n'),
        ("environment.yml", "dependencies:\n  - pip:\n    - six\n"),
        ("pyproject.toml", '[build-system]\nrequires = ["setuptools"]\n'),
    ],
)
async def test_no_lens_where_pip_is_not_what_installs(connect: Connect, name: str, text: str) -> None:
    session = await connect()
    assert await session.lenses(session.open(name, text)) == []


async def test_no_lens_without_requirements(connect: Connect) -> None:
    session = await connect()
    assert await session.lenses(session.open("requirements.txt", "# nothing yet\n")) == []
    assert await session.lenses(session.open("Dockerfile", DOCKERFILE)) == []


async def test_an_environment_that_appears_is_seen(connect: Connect) -> None:
    lens = types.CodeLensWorkspaceClientCapabilities(refresh_support=True)
    session = await connect(capabilities(workspace={"code_lens": lens}))
    refreshed: list[object] = []
    session.client.protocol.fm.features[types.WORKSPACE_CODE_LENS_REFRESH] = lambda _: refreshed.append(1)
    uri = session.open("requirements.txt", "six\n")
    assert await session.pushed(uri, 1)
    made = environment(session.folder)
    install(made, "six", "1.16.0")
    found = made / "pyvenv.cfg"
    session.published.clear()
    session.client.workspace_did_change_watched_files(
        types.DidChangeWatchedFilesParams([types.FileEvent(found.as_uri(), types.FileChangeType.Created)])
    )
    await session.shows(uri, [])
    await session.until(lambda: refreshed)
    assert (await session.lenses(uri))[0].command.title == "Install these requirements into .venv"  # type: ignore[union-attr]


async def test_requests_at_once(connect: Connect) -> None:
    session = await connect(capabilities(pull=True))
    uri = session.open("Dockerfile", DOCKERFILE)
    report, shown, actions, lenses = await asyncio.gather(
        session.pull(uri), session.hover(uri, 1, 6), session.actions(uri, (1, 6)), session.lenses(uri)
    )
    assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
    assert report.items
    assert shown
    assert actions
    assert lenses == []


@pytest.mark.parametrize("pull", [False, True])
async def test_typing_in_a_long_script(connect: Connect, pull: bool) -> None:
    """Edits that change nothing and edits that do, against the same text opened whole; hover sees the new text."""
    session = await connect(capabilities(pull=pull))
    text = "#!/bin/sh\n" + "echo 😀\n" * 2000 + "sudo pip3 install six\necho done\n"
    uri = session.open("long.sh", text)

    async def found(uri: str, version: int) -> list[object]:
        if pull:
            report = await session.pull(uri)
            assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
            items = list(report.items)
        else:
            items = await session.pushed(uri, version)
        return [(d.code, d.range, d.message) for d in items]

    assert await found(uri, 1)
    edits = ["\n", "x", "# ", "EOF\n", "cat <<EOF\n", "PIP=pip3\n", "sudo pip3 install x\n", "'", "'"]
    for version, piece in enumerate(edits, start=2):
        session.change(uri, version, ((100, 0), (100, 0), piece))
        lines = text.split("\n")
        lines[100] = piece + lines[100]
        text = "\n".join(lines)
        whole = session.open(f"whole{version}.sh", text)
        assert await found(uri, version) == await found(whole, 1)
    line = text.split("\n").index("sudo pip3 install six")
    assert await session.hover(uri, line, 8) is not None
