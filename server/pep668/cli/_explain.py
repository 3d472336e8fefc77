"""`pep668 explain`: from an output to what happened and what to do."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, BinaryIO

from ._shared import UsageError, colored, complain, print_json, shell_of, shown_here

if TYPE_CHECKING:
    from pep668.model import Machine
    from pep668.settings import Settings

_CHUNK = 1 << 18


def explain(arguments: argparse.Namespace) -> int:
    from pep668 import explain as explanations
    from pep668.render.explanation import as_json, as_text

    piped = arguments.file == "-"
    local = arguments.machine == "local" or (piped and arguments.machine == "auto")
    folder, shell = arguments.cwd, arguments.shell
    machine: Machine | None = None
    settings: Settings | None = None
    with ExitStack() as stack:
        stream = sys.stdin.buffer if piped else _opened(arguments.file, stack)
        if piped and sys.stdin.isatty():
            complain(
                "paste the output, then press Ctrl-D in an empty line (or pipe it in: pip ... 2>&1 | pep668 explain)"
            )
        wants_lines = arguments.output_format == "json"
        if wants_lines and not stream.seekable():
            stream = _copied(stream, stack)
        start = stream.tell() if wants_lines else 0
        listener = explanations.Listener(arguments.command, arguments.exit_code)
        for chunk in _chunks(stream):
            listener.feed(chunk)
        if local:  # only now: what ran may have changed it
            folder = os.path.abspath(folder) if folder else os.getcwd()
            machine, settings = shown_here(folder)
            shell = shell or shell_of(os.environ)
        files = None
        if local or folder:
            from pep668.files import reader

            folder = os.path.abspath(folder)
            files = explanations.Files(folder.replace(os.sep, "/"), reader(folder))
        explanation = explanations.explain(
            listener,
            command=arguments.command,
            exit_code=arguments.exit_code,
            cwd=folder,
            shell=shell,
            machine=machine,
            settings=settings,
            files=files,
            look=(lambda other: shown_here(other)[0]) if local else None,
        )
        if wants_lines:
            stream.seek(start)
            print_json(as_json(explanation, _chunks(stream)))
        else:
            sys.stdout.write(as_text(explanation, folder=folder, shell=shell, color=colored(arguments.color)))
    return 0


def _opened(file: str, stack: ExitStack) -> BinaryIO:
    try:
        stream = stack.enter_context(open(file, "rb"))  # noqa: SIM115 - the stack closes it
        stream.peek()  # a folder can be opened, but not read
        return stream
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(f"{file}: cannot be read: {reason}; name a file with the output, or pipe it in") from None


def _copied(stream: BinaryIO, stack: ExitStack) -> BinaryIO:
    """What a pipe brings, in a file: it is read twice, and may be larger than the memory."""
    import shutil
    import tempfile

    copy = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - the stack closes it
    shutil.copyfileobj(stream, copy, _CHUNK)
    copy.seek(0)
    return copy


def _chunks(stream: BinaryIO) -> Iterator[str]:
    """Its text, piece by piece, as it comes."""
    from pep668.explain import Decoder

    decode = Decoder().decode
    read = getattr(stream, "read1", stream.read)
    while chunk := read(_CHUNK):
        yield decode(chunk)
    yield decode(b"", True)
