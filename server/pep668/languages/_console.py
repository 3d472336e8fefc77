"""What a person typed in a block of a document: the lines behind prompts, or those that look like commands.

What stands between them is output. The texts map exactly to the block's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pep668.text import MappedText, SourceMap

Made = tuple[str, SourceMap]

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_PROMPT = re.compile(
    r"""[ \t]*(?:
      (?P<python>>>>(?=[ \t]|$))
    | (?P<ipython>In[ ]\[[\d ]{0,6}\]:)
    | (?:\((?P<env1>[\w.+-]{1,60})\)[ \t]*)?(?P<powershell>PS(?:[ \t]*(?:[A-Za-z]:|[~/\\.])[^>\n]{0,200})?>)
    | (?:\((?P<env2>[\w.+-]{1,60})\)[ \t]*)?(?P<cmd>[A-Za-z]:(?:\\[^>\n]{0,200})?>)
    | (?P<shell>
        \((?P<env3>[\w.+-]{1,60})\)[ \t]*(?:\[?[\w.-]{1,60}@[^$\#%>\n]{1,120}|[~/\w.:-]{1,80}[ \t]?)?[$\#%>❯➜]
      | \[[\w.-]{1,60}@[^\]\n]{1,120}\][ \t]?[$\#%>]
      | [\w.-]{1,60}@[\w.-]{1,60}(?:[: ][^$\#%>\n]{0,120})?[$\#%>]
      | [~/][\w./~-]{0,80}[ \t]?[$%❯➜]
      | (?:ba|da|z|k)?sh(?:-\d[\d.]{0,8})?[$\#]
      | [$%❯➜λ]
      )
    )(?:[ \t]+|(?=\r?$))""",
    re.VERBOSE | re.MULTILINE,
)
_ROOT = re.compile(r"[ \t]*#[ \t]+")
_ANGLE = re.compile(r"[ \t]*>[ \t]+")
_CONTINUED = re.compile(r"[ \t]*>(?:[ \t]|(?=\r?$))", re.MULTILINE)
_PYTHON_CONTINUED = re.compile(r"[ \t]*(?:\.{3,}:?)(?:[ \t]|(?=\r?$))", re.MULTILINE)

_PROGRAMS = (
    r"pip|python|pypy|py|uv|uvx|pipx|conda|mamba|micromamba|poetry|pipenv|pdm|hatch|nox|tox|virtualenv|pyenv|asdf|mise"
    r"|source|cd|pushd|export|set|unset|alias|echo|cat|tee|mkdir|rm|cp|mv|ln|chmod|chown|touch|ls|test|exit|deactivate"
    r"|apt|apt-get|aptitude|dpkg|dnf|yum|zypper|pacman|yay|paru|apk|brew|port|snap|flatpak|choco|winget|scoop|nix-env"
    r"|nix-shell|emerge|pkg|git|curl|wget|tar|unzip|make|cmake|ninja|meson|docker|docker-compose|podman|kubectl|npm|npx"
    r"|yarn|pnpm|cargo|sudo|doas|su|env|time|nohup|exec|eval|command|bash|sh|zsh|systemctl|ssh|jupyter|pytest|easy_install"
)
_COMMAND = re.compile(
    r"[ \t]*(?:[A-Za-z_]\w*=\S*[ \t]+)*[\"']?(?:(?:\$\{?\w+\}?|~|\.{1,2}|[\w.-]+)?(?:[/\\][\w.${}-]+)*[/\\])?"
    rf"(?:(?:{_PROGRAMS})[\d.]*(?:\.exe)?|\$\{{?(?:PIP|PYTHON)\w*\}}?)[\"']?(?=\s|$|[&;|])"
    r"|[ \t]*\.[ \t]+\S*activate|[ \t]*[\w.\\/-]*(?:Scripts|bin)[\\/]activate",
    re.MULTILINE,
)
_SCRIPT_LINE = re.compile(
    r"[ \t]*(?:#|\r?$|[A-Za-z_]\w*=|(?:if|then|else|elif|fi|for|while|until|do|done|case|esac|function)\b|[{}()]"
    r"|[\w-]+\(\))",
    re.MULTILINE,
)
_CLOSED = re.compile(r"\\.|'[^']*'|\"(?:[^\"\\]|\\.)*\"|(?<!\S)#[^\n]*", re.DOTALL)
_HEREDOC = re.compile(r"<<-?[ \t]*(?:\"(\w+)\"|'(\w+)'|(\w+))")
_GOES_ON = re.compile(r"(?:\b(?:do|then|else)|[{(|]|&&)\s*$")
_MOST_LINES = 60  # that one command takes: an unclosed quote ends there
# `(host)$` and `(container)$` tell machines apart.
_NO_ENVIRONMENT = re.compile(
    r"(?:host|container|docker|guest|vm|chroot|local|remote|server|client|target|node|root|user|laptop|workstation)\d*",
    re.IGNORECASE,
)
_LONGEST = 2_000  # characters of a line with a quote that goes on in the next


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed into one program, whose `language` the text is in.

    `environment` is the virtual environment that the prompt shows; `prompt` stands before the first line.
    """

    language: str
    made: Made
    environment: str | None = None
    prompt: str = ""


@dataclass(slots=True)
class _Rest:
    """The lines of a block, and which is next."""

    lines: list[tuple[str, int]]
    next: int = 0


def _lines(text: str) -> list[tuple[str, int]]:
    return [(m[0], m.start()) for m in _LINE.finditer(text)]


def looks_typed(line: str) -> bool:
    """Whether a line begins with a program that documents tell people to run."""
    return _COMMAND.match(line) is not None


def transcript(text: str, default: str = "shell", weak: bool = False) -> list[Typed]:
    """What was typed behind prompts; [] where the block shows none.

    `default` is the language behind a prompt that tells no program. With `weak`, `# ` and `> ` before a known
    program are prompts too, in a block that has no others.
    """
    lines = _lines(text)
    prompts: tuple[re.Pattern[str], ...] = (_PROMPT,)
    if not any(_PROMPT.match(line) for line, _ in lines):
        prompts = (_ANGLE, _ROOT) if weak and not _has_comments(lines) else ()
    return _collect(lines, prompts, default) if prompts else []


def _has_comments(lines: list[tuple[str, int]]) -> bool:
    """Whether `# deactivate the environment` is a comment: as many lines are commands without anything before them."""
    root = plain = 0
    goes_on = False
    for line, _ in lines:
        prompt = _ROOT.match(line)
        if not goes_on:
            root += bool(prompt and looks_typed(line[prompt.end() :]))
            plain += looks_typed(line)
        goes_on = line.rstrip("\r\n").endswith("\\")
    return 0 < root <= plain


def _collect(lines: list[tuple[str, int]], prompts: tuple[re.Pattern[str], ...], default: str) -> list[Typed]:
    found: dict[tuple[str, str | None], tuple[MappedText, str]] = {}
    rest = _Rest(lines)
    while rest.next < len(lines):
        line, at = lines[rest.next]
        rest.next += 1
        match = next((m for m in (p.match(line) for p in prompts) if m), None)
        if match is None or (match.re is not _PROMPT and not looks_typed(line[match.end() :])):
            continue
        language, environment = _of_prompt(match, default)
        out, _ = found.setdefault((language, environment), (MappedText(), match[0]))
        out.verbatim(line[match.end() :], at + match.end())
        _continue(rest, line[match.end() :], language, out)
    made = [(language, env, out.finish(), prompt) for (language, env), (out, prompt) in found.items()]
    return [Typed(language, text, env, prompt) for language, env, text, prompt in made if text[0].strip()]


def _of_prompt(match: re.Match[str], default: str) -> tuple[str, str | None]:
    """The language that is typed behind a prompt, and the environment that it shows."""
    if match.re is not _PROMPT:
        return default, None
    environment = match["env1"] or match["env2"] or match["env3"]
    if environment and _NO_ENVIRONMENT.fullmatch(environment):
        environment = None
    for language in ("python", "ipython", "powershell", "cmd"):
        if match[language]:
            return language, environment
    return default, environment


def _continue(rest: _Rest, typed: str, language: str, out: MappedText) -> None:
    """Add the lines in which the command that was typed goes on."""
    if language in ("python", "ipython"):
        while rest.next < len(rest.lines):
            line, at = rest.lines[rest.next]
            match = _PYTHON_CONTINUED.match(line)
            if not match:
                return
            out.verbatim(line[match.end() :], at + match.end())
            rest.next += 1
        return
    last = {"powershell": "`", "cmd": "^"}.get(language, "\\")
    inside = False
    for _ in range(_MOST_LINES):
        here = typed.rstrip("\r\n").endswith(last)
        unclosed = _unclosed(typed) if language == "shell" else False
        goes_on = inside or (language == "shell" and _GOES_ON.search(typed[-200:]) is not None)
        if rest.next == len(rest.lines) or not (here or unclosed or goes_on):
            return
        line, at = rest.lines[rest.next]
        match = _CONTINUED.match(line)
        if not match and (not (here or unclosed) or _PROMPT.match(line)):
            return
        inside = inside or (goes_on and match is not None)
        begin = match.end() if match else 0
        out.verbatim(line[begin:], at + begin)
        typed = line[begin:] if here and not unclosed else typed + line[begin:]
        rest.next += 1


def _unclosed(text: str) -> bool:
    """Whether a shell text ends inside a quote or a heredoc."""
    if len(text) > _LONGEST:
        return False
    heredoc = _HEREDOC.search(text)
    if heredoc:
        word = heredoc[1] or heredoc[2] or heredoc[3]
        return not any(line.strip() == word for line in text.splitlines()[1:])
    left = _CLOSED.sub("", text)
    return "'" in left or '"' in left


def commands(text: str, output: bool = True) -> list[Typed]:
    """The commands in a block that says no language: all of it where every line may be one, else those that look so.

    Without `output`, a block has none where some of its lines are none.
    """
    found = transcript(text, weak=output)
    if found:
        return found
    lines = _lines(text)
    typed = [looks_typed(line) for line, _ in lines]
    if text.startswith("#!") or not any(typed):
        return [Typed("shell", (text, SourceMap.identity(len(text))))] if _is_script(text) else []
    out = MappedText()
    rest = _Rest(lines)
    strange = 0
    margin: str | None = None
    while rest.next < len(lines):
        line, at = lines[rest.next]
        known = typed[rest.next]
        rest.next += 1
        if known:
            # Among other lines, what is indented more than the first command belongs to those.
            margin = margin if margin is not None else _margin(line)
            if _margin(line) == margin:
                out.verbatim(line, at)
                _continue(rest, line, "shell", out)
        elif not _SCRIPT_LINE.match(line):
            strange += 1
    if not strange:
        return [Typed("shell", (text, SourceMap.identity(len(text))))]
    return [Typed("shell", out.finish())] if output else []


def _margin(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


_SHEBANG = re.compile(r"#![ \t]*(?:\S*/)?(?:env[ \t]+)?(?:\S*/)?(?:ba|da|z|k|a)?sh\b")


def _is_script(text: str) -> bool:
    return _SHEBANG.match(text) is not None
