"""HCL: Packer's and Terraform's provisioners, `user_data` and startup scripts, `dockerfile-inline` of bake files."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Evidence, Fact, Place, Region
from pep668.text import Escaped, MappedText, Notation, SourceMap, Span, unwritable, verbatim

from . import Language, _arguments, _pipeline, _quoted
from ._hidden import hiding

LANGUAGE = Language(
    "hcl",
    ids=("hcl", "terraform", "packer", "tf"),
    patterns=("*.hcl", "*.tf", "*.pkr.hcl", "*.nomad", "*.tofu"),
    comments=("#", "//", "/* */"),
)

_TEMPLATE = re.compile(r"\$\{[^{}\n]*(?:\{[^{}\n]*\}[^{}\n]*)*\}|%\{[^{}\n]*\}")
# A string; what is put in may have strings and objects of its own.
_INNER = r"\"(?:[^\"\\\n]|\\.)*\""
_PUT_IN = rf"[$%]\{{(?:[^{{}}\"\n]|\{{(?:[^{{}}\"\n]|{_INNER})*\}}|{_INNER}){{0,500}}\}}"
_STRING = rf"\"(?:[^\"\\\n$%]|\\.|[$%](?!\{{)|{_PUT_IN})*\""
_TOKEN = re.compile(
    r"(?P<comment>(?:#|//)[^\n]*|/\*.*?\*/)|(?P<heredoc><<-?[A-Za-z_]\w*)"
    rf"|(?P<string>{_STRING})"
    r"|(?P<open>[{\[(])|(?P<close>[}\])])|(?P<name>[A-Za-z_][\w.-]*)|(?P<other>[=,:?\n])",
    re.DOTALL,
)
# What runs where it stands: on the machine that is made, or here (`local-exec`'s command).
_SCRIPTS = frozenset(
    (
        *("user_data", "user-data", "user_data_base64", "custom_data", "startup_script", "startup-script"),
        *("metadata_startup_script", "cloud_init", "script", "data", "content", "default_user_data"),
    )
)
# Of these a plain string runs as well.
_IN_A_STRING = re.compile(r"user[-_]data(?:_base64)?|custom_data|(?:metadata_)?startup[-_]script(?:-url)?|runcmd")
_LISTS = frozenset(("inline", "commands", "execute", "runCommand"))
_WORDS = frozenset(("command", "program", "entrypoint", "entryPoint", "entry_point"))
_WINDOWS = re.compile(r"\b(powershell|windows-shell)\b")
_INTERPRETER = re.compile(r"^[ \t]*interpreter\s*=\s*\[\s*\"([^\"\n]+)\"", re.MULTILINE)


def extract(region: Region) -> Iterator[Region]:
    """The texts that run, each a process of its own; the items of one list share a shell."""
    text = region.text
    blocks: list[tuple[str, str]] = []
    opened_at: list[int] = []
    names: list[str] = []
    key = ""
    items: list[Span] = []
    at = 0
    while found := _TOKEN.search(text, at):
        at = found.end()
        kind = found.lastgroup
        if kind in ("name", "string") and not key:
            names.append(found[0].strip('"'))
        elif kind == "other":
            if found[0] in "=:" and names:
                key, names = names[-1], []
            elif found[0] == "\n":
                names = []
                key = key if blocks and blocks[-1][0] in "[(" else ""
        elif kind == "open":
            blocks.append((found[0], " ".join(names) if found[0] == "{" else key))
            opened_at.append(found.start())
            names = []
            key = key if found[0] in "[(" else ""
        elif kind == "close":
            opened = blocks.pop() if blocks else ("", "")
            start = opened_at.pop() if opened_at else at
            if opened[0] == "[" and opened[1] in _WORDS:
                yield from _words(region, Span(start, at), _where(blocks))
            if opened[0] == "[" and opened[1] in _LISTS and items:
                yield _list(region, items, _where(blocks))
            items = [] if opened[0] == "[" else items
            key = ""
        if kind == "string" and key:
            span = Span(found.start() + 1, found.end() - 1)
            if blocks and blocks[-1] == ("[", key) and key in _LISTS:
                items.append(span)
            elif key == "command" and "local-exec" in _where(blocks):
                language, kind = _interpreter(text, opened_at[-1], span.end), ""
                yield _one(region, _quoted.string(text, span, _TEMPLATE), span, kind, _IN_STRING, language)
            elif _IN_A_STRING.fullmatch(key) and (text[span.start : span.end].split(maxsplit=1)[1:]):
                yield from _said(region, span)
        elif kind == "heredoc":
            here = _quoted.heredoc(text, found.start())
            if here is None:
                continue
            at = here.end
            yield from _script(region, here, key, _where(blocks))
    if items:  # the text ends inside a list
        yield _list(region, items, _where(blocks))


_IN_STRING = Escaped((("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n")))


def _where(blocks: list[tuple[str, str]]) -> str:
    return "/".join(name for _, name in blocks)


def _script(region: Region, here: _quoted.Heredoc, key: str, where: str) -> Iterator[Region]:
    made = _quoted.lines(region.text, here.body, _TEMPLATE, dedent=here.dedent)
    body = made[0].lstrip()
    if key in ("dockerfile-inline", "dockerfile_inline"):
        yield region.inside("dockerfile", made, anchor=here.body)
    elif body.startswith("#cloud-config"):
        yield region.inside("cloud-init", made, anchor=here.body, facts=_remote(region, here.body))
    elif key == "command" and "local-exec" in where:
        yield _one(region, made, here.body, "", verbatim, _interpreter(region.text, here.opened.start, here.end, 600))
    elif body.startswith("#!") or key in _SCRIPTS | _LISTS or "provisioner" in where:
        shebang = re.match(r"#![^\n]*\b(python|pwsh|powershell)", body)
        language = "shell" if not shebang else "python" if shebang[1] == "python" else "powershell"
        if key not in ("default", "description"):
            yield _one(region, made, here.body, "remote", verbatim, _windows(where) or language)


def _list(region: Region, items: list[Span], where: str) -> Region:
    """`inline = ["a", "b"]`: the lines of one script."""
    out = MappedText()
    for index, span in enumerate(items):
        piece, within = _quoted.string(region.text, span, _TEMPLATE)
        for segment in within.segments:
            chunk = piece[segment.inner.start : segment.inner.end]
            if segment.verbatim:
                out.verbatim(chunk, segment.outer.start)
            else:
                out.opaque(chunk, segment.outer)
        if index + 1 < len(items):
            out.opaque("\n", Span(span.end, items[index + 1].start))
    kind = "" if "local" in where else "remote"
    made = out.finish(items[0].start)
    return _one(region, made, items[0].to(items[-1]), kind, _ONE_STRING, _windows(where) or "shell")


def _windows(where: str) -> str:
    """The language of a provisioner for Windows, "" for any other."""
    found = _WINDOWS.search(where)
    return "" if not found else "powershell" if found[1] == "powershell" else "cmd"


def _interpreter(text: str, start: int, end: int, before: int = 0) -> str:
    """The language of local-exec's `interpreter`, which stands near the command in the same block."""
    found = _INTERPRETER.search(text, max(0, start - before), min(len(text), end + 300))
    if found is None or (found.start() > end and "}" in text[end : found.start()]):
        return "shell"
    return _pipeline.shell_of(found[1])[0]


def _words(region: Region, span: Span, where: str) -> Iterator[Region]:
    """`command = ["sh", "-c", "pip install x"]`, a program with its arguments."""
    items = _arguments.strings(region.text[span.start : span.end])
    if not items:
        return
    made, mapped = hiding(_TEMPLATE)(_arguments.as_shell(items))
    within = SourceMap.identity(len(span), span.start).compose(mapped)
    yield _one(region, (made, within), span, "" if "data external" in where else "remote", unwritable)


def _said(region: Region, span: Span) -> Iterator[Region]:
    """A start-up script in one string."""
    made = _quoted.string(region.text, span, _TEMPLATE)
    if made[0].startswith("#cloud-config"):
        yield region.inside("cloud-init", made, anchor=span, facts=_remote(region, span), notation=_IN_STRING)
    else:
        yield _one(region, made, span, "remote", _IN_STRING)


_ONE_STRING = Escaped((("\\", "\\\\"), ('"', '\\"')))


def _one(
    region: Region, made: tuple[str, SourceMap], span: Span, kind: str, notation: Notation, language: str = "shell"
) -> Region:
    system = region.named("hcl")
    place = Place(system, f"{system}/{span.start}")
    facts = _remote(region, span) if kind and language not in ("powershell", "cmd") else ()
    return region.inside(language, made, facts=facts, place=place, anchor=span, notation=notation)


def _remote(region: Region, span: Span) -> tuple[Fact, ...]:
    evidence = Evidence("it runs on the machine that is made", region.outer(Span(span.start, span.start)))
    return (Fact("remote", "which system that machine has", evidence),)
