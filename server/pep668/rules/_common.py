"""What several rules ask and say about an install."""

from __future__ import annotations

from pep668.context import Context
from pep668.model import (
    Bypass,
    Environment,
    Evidence,
    Finding,
    Install,
    Judged,
    Managed,
    Option,
    Severity,
    Verdict,
    Wrapper,
)
from pep668.text import Span

# The systems that people meet most, for messages about a machine that is not known (sources: data/distributions).
SYSTEMS = "Debian 12+, Ubuntu 23.04+, Alpine 3.19+, Arch and Homebrew"

_ROOT_WRAPPERS = frozenset({"sudo", "doas", "su", "pkexec", "runuser"})

_CONTAINERS = frozenset({"docker", "podman", "nerdctl", "docker-compose", "kubectl", "lxc", "distrobox", "toolbox"})
_ELSEWHERE = _CONTAINERS | {"ssh", "chroot", "arch-chroot", "wsl", "vagrant"}


def label(install: Install) -> str:
    """Program and subcommand, on one line, in backticks."""
    words = [w for w in install.command.words if install.program.covers(w.span)]
    known = " ".join(w.value or "" for w in words) if all(w.value for w in words) else install.text
    return f"`{' '.join((known or install.text).split())}`"


def place(environment: Environment) -> str:
    """The Python that an install reaches, for "... is externally managed"."""
    path = environment.interpreter.path if environment.interpreter else ""
    if environment.distribution:
        return f"{environment.distribution}'s Python{f' ({path})' if path else ''}"
    named = environment.python or ""
    return path or (named if "/" in named else "the system's Python")


def program_span(install: Install) -> Span:
    """The program in the document."""
    return install.command.outer(install.program)


def option(install: Install, name: str) -> Option | None:
    """An option by its long name, given with dashes."""
    return install.option(name, name.lstrip("-"))


def touches_system(judged: Judged) -> bool:
    """Whether the install would change a Python that is or may be the system's own."""
    install, environment = judged.install, judged.environment
    return not (
        install.python.own
        or install.passes_check
        or environment.virtual_environment
        or environment.managed is Managed.NO
    )


def root_wrapper(judged: Judged) -> Wrapper | None:
    """The sudo (or like it) that an install runs as root under.

    None in containers and CI, where root is normal, and where the command overrides the check on purpose.
    """
    install, environment = judged.install, judged.environment
    region = install.command.region
    if not environment.as_root or install.python.own or install.passes_check or environment.virtual_environment:
        return None
    if region.fact("image") or region.fact("runner") or environment.bypass in (Bypass.FLAG, Bypass.VARIABLE):
        return None
    inside = list(install.command.all_wrappers)
    while any(w.name.partition(" ")[0] in _ELSEWHERE for w in inside):
        if inside.pop(0).name.partition(" ")[0] in _CONTAINERS:
            return None
    wrapper = next((w for w in inside if w.name in _ROOT_WRAPPERS), None)
    return wrapper if wrapper and other_user(wrapper) is None else None


def other_user(wrapper: Wrapper) -> str | None:
    """The user of `sudo -u USER`, None where that is root."""
    words = [w.pattern for w in wrapper.words[1:]]
    for word, following in zip(words, [*words, ""][1:], strict=True):
        if word in ("-u", "--user"):
            return None if following in ("root", "0", "#0") else following
        if word.startswith("--user="):
            return None if word == "--user=root" else word[7:]
    return None


def primary(context: Context, judged: Judged) -> str:
    """The one rule that reports what happens to an install, or "": that it was seen, else what is to be expected."""
    if context.observation(judged) is not None and context.settings.selects("EM020"):
        return "EM020"
    return expected(context, judged)


def expected(context: Context, judged: Judged) -> str:
    """The most specific rule of those selected that expects it to be refused, or ""."""
    install, environment = judged.install, judged.environment
    allowed, as_root = environment.verdict is Verdict.ALLOWED, root_wrapper(judged) is not None
    meant = environment.unused
    evident = meant is not None and (meant.evident or (meant.likely and not as_root))
    if install.python.own or (allowed and not as_root and not evident):
        return ""
    candidates = []
    if option(install, "--user") and not allowed:
        candidates.append("EM006")
    if evident or (meant is not None and not allowed and not as_root):
        candidates.append("EM007")
    if as_root:
        candidates.append("EM002")
    if not allowed:
        candidates.append("EM001")
    return next((code for code in candidates if context.settings.selects(code)), "")


def caught(context: Context, judged: Judged) -> bool:
    """Whether the refusal is provided for: `pip install x || pipx install x`, `pip install x || apt install y`."""
    command = judged.install.command
    return context.alternatives.get((command.region, command.statement), -1) > command.span.end


def finding(
    code: str,
    judged: Judged,
    message: str,
    severity: Severity,
    span: Span | None = None,
    related: tuple[Evidence, ...] = (),
) -> Finding:
    """A finding about an install. What a document tells its readers is no error of this machine's: they have others."""
    where = program_span(judged.install) if span is None else span
    if severity is Severity.ERROR and judged.install.command.region.fact("document"):
        severity = Severity.WARNING
    environment = judged.environment
    belonging = (owned.evidence for owned in environment.owned)
    return Finding(code, message, where, severity, judged, (*related, *environment.evidence, *belonging))
