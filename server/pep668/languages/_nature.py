"""Whether a command only prints text: what it prints is then nobody's failure."""

from __future__ import annotations

import re

from pep668 import shell
from pep668.model import Command, Region

_VIEWERS = frozenset(
    "cat tac bat batcat less more most head tail nl pr rev fold fmt column cut tr sort uniq wc tee paste join comm"
    " grep egrep fgrep zgrep rg ag ack look strings xxd hexdump od base64 diff cmp colordiff sed awk gawk mawk jq yq"
    " zcat bzcat xzcat zless vi vim nvim view nano emacs code ed man info tldr apropos help pydoc glow mdcat"
    " echo printf print read history type which whereis alias declare typeset ls dir find fd tree stat file du"
    " mdless mdcat rich pygmentize highlight pandoc lynx w3m elinks links http https xh tig delta difft fzf ugrep"
    " gunzip bunzip2 unxz tar unzip bsdtar openssl cheat fortune cowsay figlet findstr sqlite3 psql mysql redis-cli"
    " open xdg-open start xsel wl-paste pbcopy nc mail mutt fc tldr llm aichat ollama sgpt chatgpt mods"
    " curl wget clip pbpaste xclip pep668 dict Write-Output Write-Host Get-Content gc Select-String".split()
)
_QUIET = frozenset(
    "cd pushd popd pwd set unset export true false : test [ [[ exit return sleep wait clear reset mkdir cp mv rm touch"
    " alias unalias disown jobs bg fg"
    " ln chmod chown hostname date uname id whoami tput stty trap umask shopt local shift break continue".split()
)
_GIT_RUNS = frozenset("commit push pull merge rebase checkout switch clone am cherry-pick revert submodule gc".split())
_READS = {"hg": "diff log cat show annotate grep export".split(), "svn": "diff log cat blame info".split()}
_GH_READS = frozenset("issue pr release search api gist repo copilot".split())
_SHELLS = frozenset("sh bash dash zsh ksh mksh ash fish script watch su".split())
_CODE = re.compile(r"-\w*[cepr]|--eval|--print|--command")
_INTERPRETERS = frozenset("python pypy node nodejs deno bun perl ruby php lua".split())
_SHOWING_MODULES = frozenset("json.tool pydoc rich.markdown rich.syntax this pygments base64 calendar ast dis".split())
# Code that may run a program, or other code.
_RUNS = re.compile(
    r"subprocess|system|popen|exec|spawn|child_process|\bpip\b|runpy|run\(|import_module|__import__|`|passthru|\bqx\b|%x",
    re.IGNORECASE,
)
_IMPORTS = re.compile(r"(?:^|[;\n])\s*(?:import|from)\s+([\w., ]+)|\brequire\(?\s*['\"]([\w:./-]+)")
_HARMLESS = frozenset(
    "sys os os.path re json io pathlib textwrap string time datetime codecs base64 fs path process print".split()
)
_MAX_DEPTH = 4


def prints_only(text: str) -> bool:
    """Whether all commands of a command line only show text (a file, a search, the history, an echo)."""
    return _prints_only(text, 0)


def _prints_only(text: str, depth: int) -> bool:
    commands = _all(text)
    return bool(commands) and depth < _MAX_DEPTH and all(_only_prints(c, depth) for c in commands)


def command_prints(command: Command) -> bool:
    """The same of one command."""
    return _only_prints(command, 0)


def code_prints(code: str) -> bool:
    """Whether code of a script language surely runs no program, nor code from elsewhere."""
    return not _runs(code)


def filters(text: str) -> bool:
    """Whether a part of what was printed may have been cut off (`| grep error`, `| tail -3`)."""
    return any(c.operator in ("|", "|&") and c.name in _VIEWERS for c in _all(text))


def _all(text: str) -> list[Command]:
    return [c for c in shell.parse(Region.document("shell", text)) if c.words]


def _only_prints(command: Command, depth: int) -> bool:
    name = command.name or ""
    if name in _VIEWERS or name in _QUIET:
        return True
    words = [w.value or "" for w in command.words[1:]]
    plain = [w for w in words if not w.startswith("-") and "=" not in w]
    if name == "git":
        return bool(plain) and not _GIT_RUNS.intersection(plain[:2])
    if name == "gh":
        return bool(plain) and plain[0] in _GH_READS
    if name in _READS:
        return bool(plain) and plain[0] in _READS[name]
    if name == "tmux":
        return "capture-pane" in plain
    interpreter = name.rstrip("0123456789.") in _INTERPRETERS
    if interpreter and "-m" in words:
        return _after(words, "-m") in _SHOWING_MODULES
    code = next((_after(words, w) for w in words if _CODE.fullmatch(w)), "")
    if name in _SHELLS:
        return _prints_only(code or (" ".join(plain) if name == "watch" else ""), depth + 1)
    return interpreter and bool(code) and not _runs(code)


def _after(words: list[str], option: str) -> str:
    return next(iter(words[words.index(option) + 1 :]), "")


def _runs(code: str) -> bool:
    """Whether code of a script language may run a program or code from elsewhere."""
    modules = [m.strip() for found in _IMPORTS.finditer(code) for m in (found[1] or found[2]).split(",")]
    return bool(_RUNS.search(code)) or any(m.split(" ")[0] not in _HARMLESS for m in modules)
