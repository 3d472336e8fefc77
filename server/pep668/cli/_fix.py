"""`pep668 fix`: applies fixes to the documents that a command line names."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ._run import Run
from ._shared import UsageError, codes, colored

if TYPE_CHECKING:
    from pep668.analysis import Analysis
    from pep668.files import Document
    from pep668.fixing import Fixed
    from pep668.model import Finding

_SHOWN = 5  # names in one message


@dataclass(frozen=True, eq=False)
class _Result:
    document: Document
    before: Analysis
    fixed: Fixed

    @property
    def encoded(self) -> tuple[bytes, bytes]:
        """The document's bytes before and after; what its encoding does not have is a UnicodeEncodeError."""
        encoding = self.document.encoding
        return self.document.text.encode(encoding), self.fixed.text.encode(encoding)


def fix(arguments: argparse.Namespace) -> int:
    run = Run(arguments, with_packages=True)
    only, leave = codes(arguments.only), codes(arguments.leave)

    def wanted(finding: Finding) -> bool:
        return (not only or finding.rule.startswith(only)) and not (leave and finding.rule.startswith(leave))

    results = [_fixed(run, document, arguments.unsafe, wanted) for document in run.documents()]
    if arguments.diff:
        return _show(results, run, colored(arguments.color))
    changed = [r for r in results if r.fixed.edits and r.document is not run.standard_input]
    if changed and not arguments.allow_dirty:
        _refuse_dirty([r.document.path for r in changed])
    written = [r for r in changed if _write(r, run)]
    for result in results:
        if result.document is run.standard_input:
            sys.stdout.buffer.write(result.encoded[1])
            written.append(result)
    _tell(results, written, arguments)
    if run.failed:
        return 2
    return int(any(_counts(r.fixed.analysis) for r in results))


def _fixed(run: Run, document: Document, unsafe: bool, wanted: Callable[[Finding], bool]) -> _Result:
    from pep668.fixing import fix_all

    def again(text: str) -> Analysis:
        return run.analyzed(replace(document, text=text))

    before = again(document.text)
    return _Result(document, before, fix_all(before, again, unsafe=unsafe, wanted=wanted))


def _show(results: Sequence[_Result], run: Run, color: bool) -> int:
    """Prints what would change; nothing is written."""
    from pep668.render.diff import diff

    shown = [diff(r.document.path, r.document.text, r.fixed.text, color) for r in results]
    sys.stdout.buffer.write("".join(shown).encode("utf-8", "backslashreplace"))
    return 2 if run.failed else int(any(shown))


def _refuse_dirty(paths: list[str]) -> None:
    from pep668.provision import GitError, uncommitted

    try:
        dirty = uncommitted(paths)
    except GitError as error:
        raise UsageError(
            f"whether all changes are committed cannot be told (git: {error}); nothing was changed, "
            "--allow-dirty goes on all the same"
        ) from None
    if dirty:
        names = [os.path.relpath(path) for path in dirty[:_SHOWN]]
        more = f" and {len(dirty) - _SHOWN} more" if len(dirty) > _SHOWN else ""
        raise UsageError(
            f"not committed to git: {', '.join(names)}{more}; commit or stash first, so that the fixes can be told "
            "from your own changes, or give --allow-dirty; nothing was changed"
        )


def _write(result: _Result, run: Run) -> bool:
    """Replaces a file by its new content as a whole, so that nothing is lost when it stops halfway."""
    path = result.document.path
    try:
        before, after = result.encoded
        real = os.path.realpath(path)
        if real != os.path.abspath(path) and not any(path == p.rstrip("/") for p in run.arguments.paths):
            run.problem(f"{path}: a link to {real}; name that file to have it changed", False)
            return False
        with open(real, "rb") as file:
            status = os.fstat(file.fileno())
            if file.read() != before:
                run.problem(f"{path}: changed while it was read; run pep668 fix again", True)
                return False
        if status.st_nlink > 1:  # its other names are to see the change
            with open(real, "r+b") as file:
                file.write(after)
                file.truncate()
            return True
        _replace(real, after, status)
    except (OSError, UnicodeEncodeError) as error:
        run.problem(f"{path}: cannot be written: {getattr(error, 'strerror', None) or error}", True)
        return False
    return True


def _replace(path: str, content: bytes, status: os.stat_result) -> None:
    handle, name = tempfile.mkstemp(prefix=".pep668-", dir=os.path.dirname(path))
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if hasattr(os, "chown"):
            with suppress(OSError):
                os.chown(name, status.st_uid, status.st_gid)
        os.chmod(name, status.st_mode & 0o7777)
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise


def _counts(analysis: Analysis) -> list[str]:
    """The severities of the findings that make a check fail."""
    from pep668.model import Severity

    return [f.severity.value for f in analysis.findings if f.severity in (Severity.ERROR, Severity.WARNING)]


def _tell(results: Sequence[_Result], written: Sequence[_Result], arguments: argparse.Namespace) -> None:
    """What was done, line by line, and what is left. Where the fixed text itself is printed, on standard error."""
    from pep668.fixing import candidates
    from pep668.render.text import printable

    out = sys.stderr if any(r.document.path == "-" or "-" in arguments.paths for r in results) else sys.stdout
    fixed, left, unsafe = 0, Counter[str](), 0
    for result in results:
        analysis = result.before
        if result in written:
            for applied in result.fixed.applied:
                line = analysis.context.lines.position(applied.at)[0] + 1
                what = f"{applied.finding.rule}: {applied.fix.title}"
                print(f"{printable(result.document.path)}:{line}: {printable(what)}", file=out)
            fixed += len(result.fixed.applied)
            analysis = result.fixed.analysis
        left.update(_counts(analysis))
        if not arguments.unsafe:
            rest = result.fixed.analysis
            unsafe += sum(any(True for _ in candidates(rest, f, unsafe=True)) for f in rest.findings)
    files = sum(bool(r.fixed.applied) for r in written)
    summary = f"Fixed {_number(fixed, 'finding')} in {_number(files, 'file')}." if fixed else "Nothing was fixed."
    if left:
        summary += f" Left: {', '.join(_number(n, name) for name, n in left.items())}."
    if unsafe:
        summary += (
            f" --unsafe has fixes for {_number(unsafe, 'finding')}, hints included; look at them with --diff first."
        )
    print(summary, file=out)


def _number(count: int, name: str) -> str:
    return f"{count} {name}" if count == 1 else f"{count} {name}s"
