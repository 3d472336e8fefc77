"""The failures on the road to a working environment, by the words in which programs report them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PROGRAM = r"(?:[\w.~/${}-]{0,120}/)?(?:(?:python|pypy|pip)[\d.]*|pipx|uvx?|virtualenv|poetry|conda)"
_PACKAGE = r"[A-Za-z0-9][\w.+:-]{0,80}"
_ACTIVATE = r"[\w.~/${}@-]{0,200}\bactivate"
_ANY_ACTIVATE = rf"(?:{_ACTIVATE}(?:\.csh|\.fish|\.nu|\.ps1)?|[\w.~/${{}}@-]{{0,200}}\bActivate\.ps1)"
# A program of a virtual environment, or another script with a path of its own: the system's may be run by everybody.
_OWN = r"(?!/usr/|/s?bin/)[\w.~/${}@+-]{0,200}/(?:python|pypy|pip)[\d.]*"
_AT = r"(?:[\w.~/-]{1,200}:\d+: )?"  # zsh says where
# bash's own words, of its message catalogues; "command not found" is not among those that other shells translate
_NOT_FOUND_HERE = (
    "příkaz nenalezen",
    "kommando ikke fundet",
    "Kommando nicht gefunden",
    "orden no encontrada",
    "no se encontró la orden",
    "komentoa ei löydy",
    "commande introuvable",
    "parancs nem található",
    "comando non trovato",
    "コマンドが見つかりません",
    "명령어를 찾을 수 없음",
    "opdracht niet gevonden",
    "nie znaleziono polecenia",
    "comando não encontrado",
    "команда не найдена",
    "kommandot finns inte",
    "komut yok",
    "команду не знайдено",
    "không tìm thấy lệnh",
    "未找到命令",
    "指令找不到",
)


@dataclass(frozen=True, slots=True)
class Pattern:
    """One wording of a failure.

    `needle` is a plain substring of every line that `regex` fits. Groups of `regex`: `detail` and `python`
    (a version), both optional; `detail` is used where the text has none. `follow` is looked for in the next
    lines and may bring both. `tool` is the one that says so.
    """

    kind: str
    needle: str
    regex: re.Pattern[str]
    detail: str = ""
    follow: re.Pattern[str] | None = None
    tool: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    pattern: Pattern
    start: int
    end: int
    detail: str
    python: str | None


def _p(kind: str, needle: str, regex: str, detail: str = "", follow: str = "", tool: str = "") -> Pattern:
    return Pattern(kind, needle, re.compile(regex), detail, re.compile(follow) if follow else None, tool)


_APT_VENV = r"\bapt(?:-get)? install (?P<detail>python(?P<python>3\.\d+)-venv|python3-venv)\b"
_NO_MODULE = r"(?:^|\s)(?:\S{0,200}?python(?P<python>3\.\d+)?\S{0,8}: )?No module named "
POLICY = "an execution policy"
_SOURCED = "`. activate`: a shell reads it, it does not run"

# The first that fits a line counts.
PATTERNS: tuple[Pattern, ...] = (
    _p(
        "ensurepip-missing",
        "ensurepip is not",
        r"\bnot created successfully because ensurepip is not",
        follow=_APT_VENV,
    ),
    _p(
        "ensurepip-missing",
        "'ensurepip'",
        r"\bError: Command '\[[^\]]{0,300}'-m', 'ensurepip'[^\]]{0,200}\]' returned non-zero",
    ),
    _p("ensurepip-missing", "No module named", _NO_MODULE + r"'?ensurepip'?\s*$"),
    _p("ensurepip-disabled", "ensurepip is disabled", r"\bensurepip is disabled in Debian/Ubuntu", "python3-pip"),
    _p("venv-missing", "No module named", _NO_MODULE + r"'?venv'?\s*$"),
    _p(
        "pip-missing",
        "No module named pip",
        r"(?:^|\s)(?P<detail>\S{0,200}(?:python|pypy)\S{0,8}): No module named pip\b(?!\.\w+\.)",
    ),
    _p("pip-missing", "No module named 'pip'", r"ModuleNotFoundError: No module named 'pip'\s*$"),
    # `source` is bash's and zsh's; there is an activate script for each shell
    _p(
        "wrong-shell",
        "source: ",
        r"sh: (?:(?:line )?\d+: )?source: (?:not found|command not found|inaccessible or not found)",
        "`.` in place of `source`",
    ),
    # a shell of the Bourne family reads another's: bash and dash, zsh, ksh, mksh, BusyBox
    _p("wrong-shell", "activate", rf"{_ACTIVATE}(?:\.csh|\.fish|\.nu|\.ps1): (?:line )?\d+: ", "activate"),
    _p("wrong-shell", "Activate.ps1", rf"{_ANY_ACTIVATE}: line \d+: syntax error", "activate"),
    _p("wrong-shell", "Activate.ps1", rf"{_ANY_ACTIVATE}:\d+: parse error", "activate"),
    _p("wrong-shell", "activate", rf"{_ACTIVATE}(?:\.csh|\.fish):\d+: (?:command not found|parse error)", "activate"),
    _p(
        "wrong-shell",
        "activate",
        rf"\bd?ash: \d+: {_ACTIVATE}(?:\.csh|\.fish): (?:\S{{1,40}}: not found|Syntax error)",
        "activate",
    ),
    _p("wrong-shell", "syntax error", rf"(?:source|\s\.): {_ANY_ACTIVATE}: syntax error at line", "activate"),
    _p("wrong-shell", "ctivate", rf"{_ANY_ACTIVATE}\[\d+\]: (?:syntax error|\S{{1,40}}: inaccessible)", "activate"),
    _p("wrong-shell", "ctivate", rf"{_ANY_ACTIVATE} \(line \d+\): ", "activate.fish"),
    _p("wrong-shell", "/bin/.: Perm", r"^/(?:usr/)?bin/\.: Permission denied\.\s*$", "`source` in place of `.`"),
    _p("wrong-shell", "Badly placed", r"^Badly placed \(\)'s\.\s*$", "activate.csh"),
    _p("wrong-shell", "VIRTUAL_ENV", r"^VIRTUAL_ENV=\S{0,300}: Command not found\.\s*$", "activate.csh"),
    _p("wrong-shell", "_OLD_VIRTUAL_PATH", r"^_OLD_VIRTUAL_PATH: Undefined variable\.\s*$", "activate.csh"),
    _p(
        "wrong-shell",
        "Activate.ps1",
        r"\bActivate\.ps1 cannot be loaded because running scripts is disabled",
        POLICY,
    ),
    _p("wrong-shell", "activate", rf"(?:^|\s){_ACTIVATE}: (?:can't execute: )?Permission denied\.?\s*$", _SOURCED),
    _p("wrong-shell", "activate", rf"(?:^|\s){_ACTIVATE}: cannot execute \[Permission denied\]\s*$", _SOURCED),
    _p("wrong-shell", "permission denied: ", rf"(?:^|\s){_AT}permission denied: {_ACTIVATE}\s*$", _SOURCED),
    _p("wrong-shell", "is not an exec", rf"'{_ACTIVATE}' exists but is not an executable file", _SOURCED),
    # the file system, or the file's mode, keeps the program from being run
    _p("no-exec", "ad interpreter: ", rf"(?P<detail>{_OWN}): bad interpreter: Permission denied\s*$"),
    _p("no-exec", "ad interpreter: ", rf"bad interpreter: (?P<detail>{_OWN}): permission denied\s*$"),
    _p("no-exec", "Permission denied", rf"(?:^|\s)(?P<detail>{_OWN}): (?:can't execute: )?Permission denied\.?\s*$"),
    _p("no-exec", "Permission denied", rf"(?:^|\s)(?P<detail>{_OWN}): cannot execute \[Permission denied\]\s*$"),
    _p("no-exec", "permission denied: ", rf"(?:^|\s){_AT}permission denied: (?P<detail>{_OWN})\s*$"),
    _p("no-exec", "is not an exec", rf"'(?P<detail>{_OWN})' exists but is not an executable file"),
    _p("environment-missing", "activate", rf"(?P<detail>{_ACTIVATE}(?:\.csh|\.fish)?): No such file or directory"),
    _p("environment-missing", "activate", rf"(?:\.: (?:cannot|can't) open '?|directory: )(?P<detail>{_ACTIVATE})\b"),
    _p("environment-missing", "activate", rf"(?:source|\s\.): line \d+: can't open '(?P<detail>{_ACTIVATE})'"),
    _p("environment-missing", "activate", rf"(?:source|\s\.): (?P<detail>{_ACTIVATE}): cannot open \[No such file"),
    _p(
        "environment-missing",
        "sourcing file",
        rf"Error encountered while sourcing file '(?P<detail>{_ACTIVATE}(?:\.fish)?)'",
    ),
    _p("environment-missing", "No virtual environment", r"^error: No virtual environment found\b", tool="uv"),
    _p(
        "environment-missing",
        "Failed to locate",
        r"^error: Failed to locate a virtualenv or Conda environment\b",
        tool="uv",
    ),
    _p("command-not-found", ": not found", rf"(?:^|[\s:])(?P<detail>{_PROGRAM}): not found\b"),
    _p("command-not-found", ": command not found", rf"(?:^|[\s:])(?P<detail>{_PROGRAM}): command not found\b"),
    _p("command-not-found", "inaccessible or", rf"(?:^|\s)(?P<detail>{_PROGRAM}): inaccessible or not found\b"),
    _p(
        "command-not-found",
        "no such file or dir",
        rf"(?:^|\s){_AT}no such file or directory: (?P<detail>(?:[^\s:]{{0,120}}/)?(?:python|pypy|pip)[\d.]*)\s*$",
    ),
    *(
        _p("command-not-found", words, rf"(?:^|[\s:])(?P<detail>{_PROGRAM}) ?[:：] ?{words}")
        for words in _NOT_FOUND_HERE
    ),
    _p("command-not-found", "command not found: ", rf"(?:^|\s){_AT}command not found: '?(?P<detail>{_PROGRAM})'?\s*$"),
    _p("command-not-found", "Unknown command", rf"\bUnknown command:? '?(?P<detail>{_PROGRAM})'?\s*$"),
    _p("command-not-found", "Command not found", rf"^(?P<detail>{_PROGRAM}): Command not found\.\s*$"),
    _p("command-not-found", "' not found", rf"^Command '(?P<detail>{_PROGRAM})' not found\b"),
    _p("command-not-found", "not installed", rf"^The program '(?P<detail>{_PROGRAM})' is currently not installed"),
    _p(
        "command-not-found",
        "is not recognized",
        rf"(?:^|\s)(?P<detail>{_PROGRAM})\s?: The term '[^'\n]{{1,200}}' is not",
    ),
    _p("command-not-found", "file not found", rf"\bexec: \"(?P<detail>{_PROGRAM})\": executable file not found"),
    _p(
        "command-not-found",
        "No such file",
        rf"[:\s][‘'\"]?(?P<detail>{_PROGRAM})[’'\"]?: No such file or directory\s*$",
    ),
    _p("option-unknown", "no such option", r"\bno such option: (?P<detail>--break-system-packages)\b", tool="pip"),
    _p("option-unknown", "unexpected arg", r"\bunexpected argument '(?P<detail>--break-system-packages)'", tool="uv"),
    _p("user-site", "--user", r"\bCan ?not perform a '--user' install\b", tool="pip"),
    _p(
        "package-not-found",
        "Unable to locate",
        rf"(?:E: |Error: |^)Unable to locate package (?P<detail>{_PACKAGE})",
        tool="apt",
    ),
    _p(
        "package-not-found",
        "installation cand",
        rf"\bPackage '(?P<detail>{_PACKAGE})' has no installation candidate",
        tool="apt",
    ),
    _p("package-not-found", "target not found", rf"\berror: target not found: (?P<detail>{_PACKAGE})", tool="pacman"),
    _p("package-not-found", "No match for", rf"\bNo match for argument: (?P<detail>{_PACKAGE})", tool="dnf"),
    _p("package-not-found", "Unable to find", rf"\bUnable to find a match: (?P<detail>{_PACKAGE})", tool="dnf"),
    _p("package-not-found", "no such package", rf"(?:^|\s)(?P<detail>{_PACKAGE}) \(no such package\):", tool="apk"),
    _p("package-not-found", "No provider of", rf"\bNo provider of '(?P<detail>{_PACKAGE})' found", tool="zypper"),
    _p(
        "not-root",
        "open lock file",
        r"\bCould not open lock file /var/lib/\S{1,80} - open \(13: Permission denied\)",
        tool="apt",
    ),
    _p("not-root", "are you root?", r"\bUnable to acquire the dpkg frontend lock\b.{0,80}are you root\?", tool="apt"),
    _p(
        "not-root",
        "unless you are root",
        r"\berror: you cannot perform this operation unless you are root",
        tool="pacman",
    ),
    _p("not-root", "superuser priv", r"\bThis command has to be run with superuser privileges", tool="dnf"),
    _p("not-root", "Unable to lock", r"\bUnable to lock database: Permission denied", tool="apk"),
    _p("not-root", "Root privileges", r"\bRoot privileges are required to run this command", tool="zypper"),
    _p("no-space", "[Errno 28]", r"\[Errno 28\] No space left on device(?:: '(?P<detail>[^'\n]{1,300})')?"),
    _p("no-space", "(os error 28)", r"\bNo space left on device \(os error 28\)", tool="uv"),
    _p("read-only", "[Errno 30]", r"\[Errno 30\] Read-only file system(?:: '(?P<detail>[^'\n]{1,300})')?"),
    _p("read-only", "(os error 30)", r"\bRead-only file system \(os error 30\)", tool="uv"),
    _p(
        "permission-denied",
        "[Errno 13]",
        r"^E(?:RROR|rror): .{0,120}\[Errno 13\] Permission denied: '(?P<detail>[^'\n]{1,300})'",
    ),
    _p("not-on-path", "not on your PATH", r"'?`?(?P<detail>/[^\s'`]{1,200}/bin)[`']? is not on your PATH\b"),
    _p(
        "not-an-application",
        "No apps",
        rf"\bNo apps associated with package (?P<detail>{_PACKAGE}) or its dependencies",
        tool="pipx",
    ),
)

# At least one of them occurs in every line that a pattern fits.
NEEDLES = tuple(sorted({p.needle for p in PATTERNS}))
FOLLOWS = 12  # lines in which `Pattern.follow` is looked for
_LOOK = 600  # characters of a line: the wordings stand near its start


def find(text: str) -> Failure | None:
    """The failure that a visible line reports."""
    text = text[:_LOOK]
    for pattern in PATTERNS:
        match = pattern.regex.search(text) if pattern.needle in text else None
        if match:
            groups = match.groupdict()
            detail = groups.get("detail") or pattern.detail
            return Failure(pattern, match.start(), match.end(), detail, groups.get("python"))
    return None
