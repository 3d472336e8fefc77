"""Whether a command only prints text: what it prints is then nobody's failure."""

from __future__ import annotations

from pep668 import shell
from pep668.model import Command, Region

_VIEWERS = frozenset(
    "cat tac bat batcat less more most head tail nl pr rev fold fmt column cut tr sort uniq wc tee paste join comm"
    " grep egrep fgrep zgrep rg ag ack look strings xxd hexdump od base64 diff cmp colordiff sed awk gawk mawk jq yq"
    " zcat bzcat xzcat zless vi vim nvim view nano emacs code ed man info tldr apropos help pydoc glow mdcat"
    " echo printf print read history type which whereis alias declare typeset ls dir find fd tree stat file du"
    " curl wget clip pbpaste xclip pep668 dict Write-Output Write-Host Get-Content gc Select-String".split()
)
_QUIET = frozenset(
    "cd pushd popd pwd set unset export true false : test [ [[ exit return sleep wait clear reset mkdir cp mv rm touch"
    " ln chmod chown hostname date uname id whoami tput stty trap umask shopt local shift break continue".split()
)
_GIT_RUNS = frozenset("commit push pull merge rebase checkout switch clone am cherry-pick revert submodule gc".split())
_GH_READS = frozenset("issue pr release search api gist repo".split())


def prints_only(text: str) -> bool:
    """Whether all commands of a command line only show text (a file, a search, the history, an echo)."""
    commands = _all(text)
    return bool(commands) and all(_only_prints(c) for c in commands)


def filters(text: str) -> bool:
    """Whether a part of what was printed may have been cut off (`| grep error`, `| tail -3`)."""
    return any(c.operator in ("|", "|&") and c.name in _VIEWERS for c in _all(text))


def _all(text: str) -> list[Command]:
    return [c for c in shell.parse(Region.document("shell", text)) if c.words]


def _only_prints(command: Command) -> bool:
    name = command.name
    if name in _VIEWERS or name in _QUIET:
        return True
    words = [w.value or "" for w in command.words[1:]]
    plain = [w for w in words if not w.startswith("-") and "=" not in w]
    if name == "git":
        return bool(plain) and not _GIT_RUNS.intersection(plain[:2])
    if name == "gh":
        return bool(plain) and plain[0] in _GH_READS
    return False
