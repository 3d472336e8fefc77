"""The hover of an install command, of a reported refusal or of a requirement, as Markdown of at most a dozen lines."""

from __future__ import annotations

from collections.abc import Callable

from pep668.analysis import Analysis
from pep668.fixes import propose
from pep668.model import Environment, ErrorReport, Evidence, Finding, Judged, Managed, Verdict
from pep668.text import LineTable, Span

from .markdown import code, escaped
from .requirement import requirement

_EVIDENCE = 3

Link = Callable[[Span | str], str]


def no_link(_: Span | str) -> str:
    return ""


def hover(analysis: Analysis, offset: int, link: Link = no_link) -> tuple[Span, str] | None:
    """What stands at an offset of the document and what it would do; None where that is nothing of ours.

    `link` gives the address under which a client opens a place of the document or a file, "" where it cannot.
    """
    for judged in analysis.context.judged:
        span = judged.install.command.outer(judged.install.span)
        if span.start <= offset <= span.end:
            return span, _install(analysis, judged, link)
    for report in analysis.context.reports:
        if report.span.start <= offset <= report.span.end:
            return report.span, _report(analysis, report)
    file = analysis.context.requirements
    for asked in file.requirements if file else ():
        if asked.span.start <= offset <= asked.span.end:
            return asked.span, requirement(analysis.context, asked)
    return None


def _install(analysis: Analysis, judged: Judged, link: Link) -> str:
    environment = judged.environment
    lines = [_verdict(judged), _target(environment, link)]
    if environment.verdict is not Verdict.ALLOWED and (quote := marker_text(environment)):
        lines.append(f"> {quote}")
    lines += _reasons(judged, analysis.context.lines, link)
    lines += _instead(analysis, [f for f in analysis.findings if f.subject is judged])
    return "\n\n".join(line for line in lines if line)


def _verdict(judged: Judged) -> str:
    install, environment = judged.install, judged.environment
    command = code(" ".join(install.text.split()))
    where = "on this machine" if environment.local else "here"
    if environment.verdict is Verdict.REFUSED:
        return f"{command} would be **refused** {where}: `error: externally-managed-environment`."
    if environment.verdict is Verdict.DEPENDS:
        return f"{command}: whether it is refused depends on {escaped(environment.decides or 'the machine')}."
    if environment.virtual_environment:
        return f"{command} installs into the virtual environment {code(environment.virtual_environment)}."
    if install.python.own:
        return f"{command} keeps an environment of its own; the system's Python is not touched."
    if environment.bypass is not None:
        how = environment.bypass.value.replace("-", " ")
        return f"{command} is let through by an override ({how}) and may change the system's own packages."
    return f"{command} is **not refused** {where}."


def _target(environment: Environment, link: Link) -> str:
    interpreter = environment.interpreter
    if interpreter is None:
        if environment.distribution and environment.managed is Managed.YES:
            return f"It reaches the Python of {escaped(environment.distribution)}, which is externally managed."
        return ""
    version = f" (Python {escaped(interpreter.version)})" if interpreter.version else ""
    reached = f"It reaches {code(interpreter.path)}{version}"
    if interpreter.marker is None:
        return f"{reached}, which is not externally managed."
    by = f" by {escaped(environment.distribution)}" if environment.distribution else ""
    path = interpreter.marker.path
    return f"{reached}, marked as externally managed{by} in {_linked(code(path), link(path))}."


def marker_text(environment: Environment) -> str:
    """The first paragraph of the marker's own message on one line, "" where there is none."""
    marker = environment.interpreter.marker if environment.interpreter else None
    if marker is None:
        return ""
    paragraph = marker.message.strip().partition("\n\n")[0]
    text = " ".join(paragraph.split())
    return escaped(text if len(text) <= 240 else f"{text[:239].rstrip()}…")


def _reasons(judged: Judged, lines: LineTable, link: Link) -> list[str]:
    environment = judged.environment
    said = judged.install.command.outer(judged.install.program) if environment.interpreter else None
    marker = environment.interpreter.marker if environment.interpreter else None
    said_already = marker.path if marker else ""
    shown = [e for e in environment.evidence if (e.span and e.span != said) or (e.path and e.path != said_already)]
    shown = [*(owned.evidence for owned in environment.owned[:2]), *shown][:_EVIDENCE]
    kernel = judged.install.command.region.fact("kernel")
    if kernel is not None and kernel.evidence not in shown:
        shown.append(kernel.evidence)
    return ["\n".join(f"- {_reason(e, lines, link)}" for e in shown)] if shown else []


def _reason(evidence: Evidence, lines: LineTable, link: Link) -> str:
    text = escaped(evidence.text)
    if evidence.span is not None:
        line = f"line {lines.position(evidence.span.start)[0] + 1}"
        return f"{text} ({_linked(line, link(evidence.span))})"
    return _linked(text, link(evidence.path)) if evidence.path else text


def _linked(text: str, address: str) -> str:
    return f"[{text}]({address})" if address else text


def _instead(analysis: Analysis, findings: list[Finding]) -> list[str]:
    titles: dict[str, None] = {}
    for finding in findings:
        for fix in propose(analysis.context, finding):
            if not fix.last_resort:
                titles.setdefault(fix.title.removesuffix(" instead"))
    return [f"Instead: {escaped('; '.join(list(titles)[:3]))}."] if titles else []


def _report(analysis: Analysis, report: ErrorReport) -> str:
    found = [f for f in (*analysis.findings, *analysis.suppressed) if f.subject is report]
    return "\n\n".join([*(f"{escaped(f.message)}." for f in found), *_instead(analysis, found)])
