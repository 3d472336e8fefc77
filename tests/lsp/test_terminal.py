"""Terminals: what a client forwards, and the advice that it gets."""

from __future__ import annotations

from typing import Any

import pytest
from pygls.exceptions import JsonRpcException

from .conftest import Connect, Session, environment

pytestmark = pytest.mark.asyncio

REFUSAL = """\x1b]633;C\x07error: externally-managed-environment\r
\r
× This environment is externally managed\r
╰─> To install Python packages system-wide, try apt install\r
    python3-xyz, where xyz is the package you are trying to\r
    install.\r
\r
note: If you believe this is a mistake, please contact your Python installation or OS distribution provider. You can \
override this, at the risk of breaking your Python installation or OS, by passing --break-system-packages.\r
hint: See PEP 668 for the detailed specification.\r
"""


def execution(session: Session, **changed: Any) -> dict[str, Any]:
    folder = session.folder.as_uri()
    return {
        "commandLine": "pip3 install six",
        "cwd": folder,
        "exitCode": 1,
        "output": REFUSAL,
        "running": False,
        "shell": "bash",
        "workspaceFolder": folder,
        **changed,
    }


async def advice(session: Session, **changed: Any) -> Any:
    return await session.send("pep668/terminalExecution", execution(session, **changed))


async def test_advice_on_a_refusal(connect: Connect) -> None:
    session = await connect()
    found = await advice(session)
    assert "six" in found.message or "pip" in found.message
    assert found.severity in ("warning", "info")
    assert 1 <= len(found.actions) <= 3
    assert not any(action.lastResort for action in found.actions)
    first = found.actions[0]
    assert first.kind == "terminal"
    assert "six" in first.text
    assert first.environment == str(session.folder / ".venv")
    assert found.explanation


@pytest.mark.parametrize(
    "changed",
    [{"exitCode": None, "running": True}, {"cwd": None}, {"cwd": "vscode-vfs://github/x"}, {"workspaceFolder": None}],
    ids=["still running", "no folder", "a folder elsewhere", "no workspace"],
)
async def test_what_is_not_known_does_not_matter(connect: Connect, changed: dict[str, Any]) -> None:
    session = await connect()
    assert (await advice(session, **changed)).actions


async def test_the_same_again_has_the_same_key(connect: Connect) -> None:
    session = await connect()
    keys = [(await advice(session, output=REFUSAL + "\r\n" * n)).key for n in range(2)]
    other = await advice(session, commandLine="pip3 install requests")
    assert keys[0] == keys[1] != other.key


@pytest.mark.parametrize(
    "changed",
    [
        {"commandLine": "cat notes.txt", "exitCode": 0},
        {"commandLine": "make", "exitCode": 2, "output": "make: *** No rule to make target 'x'. Stop.\r\n"},
        {"commandLine": "", "output": "", "exitCode": 1},
    ],
)
async def test_nothing_to_say(connect: Connect, changed: dict[str, Any]) -> None:
    session = await connect()
    assert await advice(session, **changed) is None


async def test_explain(connect: Connect) -> None:
    session = await connect()
    found = await session.send("pep668/explain", execution(session))
    assert "externally" in found.markdown
    nothing = await session.send("pep668/explain", execution(session, output="done\r\n", exitCode=0))
    assert isinstance(nothing.markdown, str)


async def test_an_environment_made_in_a_terminal_is_seen(connect: Connect) -> None:
    session = await connect()
    uri = session.open("requirements.txt", "six\n")
    assert [d.code for d in await session.pushed(uri, 1)] == ["EM030"]
    environment(session.folder)
    session.published.clear()
    await advice(session, commandLine="python3 -m venv .venv && false", output="")
    await session.shows(uri, ["EM031"])


async def test_hostile_output(connect: Connect) -> None:
    session = await connect()
    long = "\x1b[31m" * 20_000 + REFUSAL + "\x07" * 1000 + "a" * 2_000_000
    await advice(session, output=long, exitCode=None)
    found = await advice(session, output=REFUSAL.replace("python3-xyz", "$(touch x); `y`\u202e"))
    for action in [*found.actions, *found.more]:
        assert "touch" not in getattr(action, "text", "")


@pytest.mark.parametrize(
    ("params", "says"),
    [
        (None, "an object"),
        ([], "an object"),
        ({"exitCode": True}, "'exitCode' must be int"),
        ({"commandLine": ["pip"]}, "'commandLine' must be str"),
        ({"running": 1}, "'running' must be bool"),
    ],
)
@pytest.mark.parametrize("method", ["pep668/terminalExecution", "pep668/explain"])
async def test_parameters_that_cannot_be_used(connect: Connect, method: str, params: Any, says: str) -> None:
    session = await connect()
    with pytest.raises(JsonRpcException, match=says):
        await session.send(method, params)
    assert await advice(session)


def ended(session: Session, line: str, code: int | None = 0, terminal: str = "1") -> None:
    """A command has ended; a notification, which is read before the next request."""
    params = {"terminal": terminal, "commandLine": line, "exitCode": code, "cwd": session.folder.as_uri()}
    session.client.protocol.notify("pep668/terminalExecutionEnded", params)


async def test_what_was_typed_before_counts(connect: Connect) -> None:
    session = await connect()
    quick = {"output": "", "terminal": "1"}
    assert await advice(session, **quick)
    ended(session, "source .venv/bin/activate")
    assert await advice(session, **quick) is None
    assert await advice(session, **{**quick, "terminal": "2"})
    sudo = await advice(session, commandLine="sudo pip3 install six", terminal="1")
    assert sudo.actions[0].text == "pip3 install six"
    assert sudo.actions[0].step == "no-sudo"
    ended(session, "deactivate")
    assert await advice(session, **quick)
    ended(session, "export PIP_BREAK_SYSTEM_PACKAGES=1")
    assert await advice(session, **quick) is None
    session.client.protocol.notify("pep668/terminalClosed", {"terminal": "1"})
    assert await advice(session, **quick)


async def test_an_environment_that_the_editor_activates(connect: Connect) -> None:
    session = await connect()
    inside = str(environment(session.folder) / "bin" / "python")
    assert await advice(session, output="", interpreter=inside) is None
    assert await advice(session, output="", interpreter=None)


async def test_nobody_answers_a_notification_that_cannot_be_used(connect: Connect) -> None:
    session = await connect()
    unusable: list[Any] = [None, [], {"terminal": 1}, {"terminal": "1", "commandLine": None}, {"exitCode": True}]
    for params in unusable:
        session.client.protocol.notify("pep668/terminalExecutionEnded", params)
        session.client.protocol.notify("pep668/terminalClosed", params)
    assert await advice(session)


async def test_steps_that_were_walked(connect: Connect) -> None:
    session = await connect()
    first = (await advice(session)).actions[0]
    assert first.step == "venv"
    assert first.text in (await advice(session)).message
    assert ".venv" in first.done
    again = (await advice(session, walked=["venv", 7])).actions[0]
    assert again.title.startswith("Do it again: ")
    assert again.text == first.text


async def test_the_environment_of_the_workspace(connect: Connect) -> None:
    session = await connect()
    made = environment(session.folder)
    pip = made / "lib" / "python3.11" / "site-packages" / "pip-24.0.dist-info"
    pip.mkdir()
    below = session.folder / "src" / "deep"
    below.mkdir(parents=True)
    found = await advice(session, cwd=below.as_uri())
    assert found.actions[0].text == "../../.venv/bin/pip install six"
    assert found.actions[0].environment == str(made)
    moved = await advice(session, commandLine="cd src && pip3 install six")
    # The shell has gone there.
    assert (moved.actions[0].text, moved.actions[0].cwd) == (
        "../.venv/bin/pip install six",
        str(session.folder / "src"),
    )
