"""The languages of code blocks in documents, by the words that documents use for them and by what they show."""

from __future__ import annotations

import re

from . import detect, extractor

_CONSOLES = frozenset(
    "console shell-session shellsession sh-session bash-session zsh-session session terminal term termynal prompt"
    " commandline cmdline cli".split()
)
_SHELLS = frozenset("sh bash shell zsh ksh dash ash shellscript posix-shell shell-script $".split())
_KINDS = {
    **dict.fromkeys(_CONSOLES | _SHELLS, "shell"),
    **dict.fromkeys("fish fish-shell".split(), "fish"),
    **dict.fromkeys("powershell pwsh ps1 ps posh powershell-session ps1con".split(), "powershell"),
    **dict.fromkeys("cmd bat batch dos batchfile doscon dosbatch winbatch".split(), "cmd"),
    **dict.fromkeys("python py python3 py3 pycon pyconsole python-repl pydocstring".split(), "python"),
    **dict.fromkeys("ipython ipython3 ipythonconsole jupyter".split(), "ipython"),
    **dict.fromkeys("dockerfile docker containerfile".split(), "dockerfile"),
    **dict.fromkeys("text txt plain plaintext".split(), "text"),
    **dict.fromkeys("none nohighlight default".split(), "commands"),
    **dict.fromkeys("output log logs stdout stderr out".split(), "output"),
    **dict.fromkeys("make makefile mak mk".split(), "makefile"),
    **dict.fromkeys("md markdown mdx gfm".split(), "markdown"),
    **dict.fromkeys("rst rest restructuredtext".split(), "restructuredtext"),
    **dict.fromkeys("adoc asciidoc asciidoctor".split(), "asciidoc"),
    **dict.fromkeys("html htm xhtml".split(), "html"),
}
_MAGIC = re.compile(
    r"^[ \t]*[!%]{1,2}(?:pip|conda|mamba|uv|bash|sh\b|python|\{|poetry|apt|cd\b|sx\b|system\b)", re.MULTILINE
)
# What a block begins with that shows a notebook's cell, whatever shell it is said to be for.
_CELL = re.compile(
    r"(?:[ \t]*(?:\#[^\n]*)?\r?\n)*[ \t]*(?:!{1,2}|%)[ \t]?"
    r"(?:(?:pip[\d.]*|conda|mamba|uv)[ \t]+(?:-\S+[ \t]+)*(?:un)?install\b|python[\d.]*[ \t]+-m[ \t]"
    r"|\{sys\.executable\})"
)
_JOBS = re.compile(r"^jobs:[ \t]*(?:#.*)?\r?$(?=[\s\S]{0,4000}?^[ \t]+runs-on:)", re.MULTILINE)


def kind_of(word: str) -> str:
    """A language, `commands` where the word says nothing, `text`, `output`, or "" for a word that is not known."""
    return _KINDS.get(word, "") if word else "commands"


def is_console(word: str) -> bool:
    """Whether the word says that prompts and output are to be expected."""
    return word in _CONSOLES


def python_of(text: str, language: str) -> str:
    """`ipython` where a Python text has the commands of a notebook."""
    return "ipython" if language == "python" and _MAGIC.search(text) and extractor("ipython") else language


def shows_a_cell(text: str, kind: str) -> bool:
    """Whether a block that no language is said of, or a shell, shows a notebook's cell: `!pip install x`."""
    return kind in ("", "commands", "text", "shell") and bool(_CELL.match(text) and extractor("ipython"))


def of_file(word: str, name: str, text: str) -> str | None:
    """The language of a file that a block shows, None where it is none that can hold commands."""
    found = detect(name, text) if name else None
    if found is None and word in ("yaml", "yml", "") and _JOBS.search(text):
        return "github-actions"  # documents leave out when it runs
    if found is None:
        found = detect(f"block.{word}" if re.fullmatch(r"[\w-]{1,20}", word) else "", text, word)
    return None if found == "requirements" else found
