"""Documentation: the lines that a reader types before, `python3 -m venv .venv` and its activation.

People copy from it, so it says what people type: the environment is made and activated once, before the first install
of a section, whose commands follow each other in one terminal, and the installs stay as they are but for sudo, `--user`
and the override. New lines stand behind the block's prompt. Code in a sentence has no room for them: they are shown.

It always needs a look: the text is for people on all kinds of systems, and what it says later (`sudo python3 tool.py`,
a unit of systemd) may pass by what is active in a terminal.
"""

from __future__ import annotations

import posixpath
import re

from pep668.context import Context
from pep668.fixes._blocks import is_block
from pep668.fixes._creation import created, has_pip, interpreter
from pep668.fixes._directory import place_of
from pep668.fixes._edits import (
    Rewrite,
    combined,
    command_line,
    drop_overrides,
    drop_privileges,
    start,
    stays_here,
)
from pep668.fixes._index import index
from pep668.fixes._packages import package_of, system_packages
from pep668.fixes._way import Way
from pep668.languages._sections import is_within
from pep668.model import Command, EnvironmentKind, Install, Judged, Region, ScopeKind, Verdict
from pep668.text import Edit, Span, newline_of

ORDER = 40

_DOCUMENTS = ("markdown", "restructuredtext", "asciidoc", "html", "text-document")
_TYPED = ("shell", "fish", "powershell", "cmd")
# How a block begins that is no paragraph, which would run new lines together.
_COMMENT = re.compile(r"[ \t]*#")
_SCOPES = (ScopeKind.BRANCH,)


def answers(judged: Judged) -> bool:
    region = judged.install.command.region
    typed = region.language in _TYPED and region.parent is not None and region.parent.language in _DOCUMENTS
    return typed and region.fact("document") is not None and not region.text.lstrip().startswith("#!")


def way(context: Context, judged: Judged) -> Way:
    install = judged.install
    open_ = _open(context, judged)
    first = open_[0] if open_ else install
    place, made = _place(context, first)
    lines = [] if made and _activated(context, first, place) else _lines(context, first, place, made)
    shown = "\n".join([*lines, command_line(install, _program(install))])
    edits = None
    if install in open_:
        words = (_own_words(context, other) if other is not install else () for other in open_)
        own = (_before(context, first, lines), _own_words(context, install), package_of(context, first))
        edits = combined(*own, *(w for w in words if w is not None))
    return Way(f"Install into {place} instead", edits, shown, serves_later=False)


# --- where ---------------------------------------------------------------------------------------------


def _open(context: Context, judged: Judged) -> list[Install]:
    """The installs that one activation serves, of those that lines can be put before, in the order of the document.

    They are all changed together: what stands behind an activation is read as if the environment were active.
    """
    mine = judged.install.command.region
    found: list[Install] = []
    for other in context.judged:
        install, environment = other.install, other.environment
        region = install.command.region
        outermost = found[0].command.region.place.process if found else region.place.process
        if region.language != mine.language or install.operation == "uninstall" or not answers(other):
            continue
        if not is_within(mine.place.process if not found else region.place.process, outermost):
            continue
        used = environment.kind is EnvironmentKind.VIRTUAL
        if used or (environment.verdict is Verdict.ALLOWED and environment.bypass is None):
            continue
        if _editable(context, install) and _own_words(context, install) is not None:
            found.append(install)
    return found


def _editable(context: Context, install: Install) -> bool:
    command = install.command
    region = command.region
    return (
        stays_here(command)
        and region.origin is None
        and all(scope.kind in _SCOPES and scope.name in ("&&", "||") for scope in command.scope)
        and is_block(context, region)
    )


def _place(context: Context, install: Install) -> tuple[str, bool]:
    """The environment as the document's shell text writes it, and whether it says before how to make it."""
    command = install.command
    found = ""
    for maker, _ in index(context).makers:
        if not is_within(command.region.place.process, maker.region.place.process):
            continue
        if maker.outer(maker.span).start < command.outer(command.span).start and (
            install.tool == "uv" or has_pip(maker)
        ):
            found = created(maker) or found
    return (found, True) if found else place_of(context, command)


def _activated(context: Context, install: Install, place: str) -> bool:
    """Whether the environment is active there, and only sudo or the path of the program passes it by."""
    command = install.command
    if not command.wrappers and not _program(install):
        return False
    before = [
        c
        for c in context.commands
        if is_within(command.region.place.process, c.region.place.process)
        and c.outer(c.span).start < command.outer(command.span).start
    ]
    active = False
    for one in before:
        if one.name in (".", "source"):
            active = any((w.value or "").startswith(f"{place}/") for w in one.words[1:2])
        elif one.name == "deactivate":
            active = False
    return active


# --- what ----------------------------------------------------------------------------------------------


def _lines(context: Context, install: Install, place: str, made: bool) -> list[str]:
    """What makes and activates the environment."""
    language = install.command.region.language
    options = system_packages(context, install)
    windows = language in ("powershell", "cmd")
    if install.tool == "uv":
        maker = f"uv venv{options}" + (f" {place}" if place != ".venv" else "")
    elif windows:
        name = posixpath.basename(install.python.program).removesuffix(".exe")
        maker = f"{name if install.python.is_interpreter and name else 'python'} -m venv{options} {place}"
    else:
        maker = f"{interpreter(install)} -m venv{options} {place}"
    folder = place.replace("/", "\\")
    sourced = "source" if re.search(r"\bsource[ \t]+\S*activate", context.text) else "."
    activation = {
        "fish": f"source {place}/bin/activate.fish",
        "powershell": f"{folder}\\Scripts\\Activate.ps1",
        "cmd": f"{folder}\\Scripts\\activate.bat",
    }.get(language, f"{sourced} {place}/bin/activate")
    return [activation] if made else [maker, activation]


def _before(context: Context, install: Install, lines: list[str]) -> tuple[Edit, ...] | None:
    """The lines before the install's own, or in its chain behind what has to run first."""
    command = install.command
    region = command.region
    at = command.statement.start
    behind = region.text[at : start(command)].strip(" \t")
    if behind and command.operator in ("&&", ";") and region.language != "cmd":
        between = " && " if command.operator == "&&" else "; "
        return _inserted(context, command, start(command), between.join([*lines, ""]))
    begin = region.text.rfind("\n", 0, at) + 1
    lead = region.text[begin:at]
    if lead.strip():
        return None
    return _inserted(context, command, _above_comments(region, begin), "".join(f"{lead}{line}\n" for line in lines))


def _above_comments(region: Region, begin: int) -> int:
    """The beginning of a line, or of the first of the comments right above it, which are about it."""
    while begin:
        above = region.text.rfind("\n", 0, begin - 1) + 1
        if not _COMMENT.match(region.text, above) or not region.map.is_verbatim(Span(above, begin)):
            break
        begin = above
    return begin


def _inserted(context: Context, command: Command, offset: int, new: str) -> tuple[Edit, ...] | None:
    written = command.region.written(new)
    if written is None or not command.region.map.is_verbatim(Span(offset, offset + 1)):
        return None
    return (Edit(command.outer(Span(offset, offset)), written.replace("\n", newline_of(context.text))),)


def _program(install: Install) -> str:
    """The program that the activated environment has under the same name; "" where that is the one written."""
    word = install.command.words[0]
    if install.tool == "uv" or (word.value is not None and "/" not in word.value and "\\" not in word.value):
        return ""
    return word.basename or ("python" if install.python.is_interpreter else "pip")


def _own_words(context: Context, install: Install) -> tuple[Edit, ...] | None:
    rewrite = Rewrite(context.text, install.command)
    if install.command.words[0].value is None or not drop_privileges(rewrite):
        return None  # what a variable or a substitution names may be another Python
    drop_overrides(rewrite, install)
    program = _program(install)
    if program:
        rewrite.replace(install.command.words[0].span, program)
    if install.tool == "uv":
        for option in (install.option("--system", "system"), install.option("--python", "python")):
            if option is not None:
                rewrite.drop(option.span)
    return rewrite.edits()
