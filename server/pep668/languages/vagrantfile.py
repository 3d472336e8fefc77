"""Vagrantfiles: the shell provisioners' `inline` text, as strings, heredocs and variables that hold one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pep668.model import Evidence, Fact, Place, Region
from pep668.text import Escaped, Notation, Span, verbatim

from . import Language, _quoted

LANGUAGE = Language("vagrantfile", names=("Vagrantfile",), patterns=("Vagrantfile.*",))

_INTERPOLATED = re.compile(r"#\{[^{}\n]*\}")
_TOKEN = re.compile(
    r"#[^\n]*|(?P<heredoc><<[-~]?[\"']?[A-Za-z_]\w*)|(?P<double>\"(?:[^\"\\]|\\.)*\")|(?P<single>'(?:[^'\\]|\\.)*')"
    r"|=begin\b.*?^=end\b",
    re.DOTALL | re.MULTILINE,
)
_INLINE = re.compile(r"(?::?inline\s*(?:=>|:)|\.inline\s*=)\s*$")
_INLINE_NAME = re.compile(r"(?::?inline\s*(?:=>|:)|\.inline\s*=)\s*(\$?[A-Za-z_]\w*)")
_NAME = re.compile(r"(\$?[A-Za-z_]\w*)\s*=\s*$")
_BOX = re.compile(r"\.vm\.box\s*=\s*[\"']([\w.-]+)/([\w.-]+)[\"']")
_SYSTEMS = re.compile(
    r"(debian|ubuntu|alpine|fedora|centos|rocky|almalinux|opensuse|archlinux|arch)[-_/]?v?([\d.]*\d|\w*)"
)
_UNPRIVILEGED = re.compile(r"privileged\s*(?:=>|:|=)\s*false")


def extract(region: Region) -> Iterator[Region]:
    """Each inline script in a process of its own on the machine that the file describes."""
    text = region.text
    inline: list[tuple[Span, str, bool]] = []
    named: dict[str, tuple[Span, str, bool]] = {}
    at = 0
    while found := _TOKEN.search(text, at):
        at = found.end()
        if found.lastgroup is None:
            continue
        body, raw, dedent = Span(found.start() + 1, found.end() - 1), found.lastgroup == "single", ""
        if found.lastgroup == "heredoc":
            here = _quoted.heredoc(text, found.start())
            if here is None:
                continue
            body, raw, dedent = here.body, here.raw, "heredoc" if not here.dedent else "dedent"
            at = here.end
        before = text[max(0, found.start() - 80) : found.start()]
        if _INLINE.search(before):
            inline.append((body, dedent, raw))
        elif name := _NAME.search(before):
            named[name[1]] = (body, dedent, raw)
    used = {use[1] for use in _INLINE_NAME.finditer(text)}
    inline += (script for name, script in named.items() if name in used)
    facts = tuple(_facts(region))
    system = region.named("vagrant")
    for body, kind, raw in sorted(inline):
        template = None if raw else _INTERPOLATED
        if kind:
            made = _quoted.lines(text, body, template, dedent=False)
            notation: Notation = verbatim
        else:
            made = _quoted.string(text, body, template)
            notation = Escaped((("\\", "\\\\"), ("'", "\\'")) if raw else (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n")))
        place = Place(system, f"{system}/provision:{body.start}")
        user = () if not _UNPRIVILEGED.search(text) else (_user(region),)
        yield region.inside("shell", made, facts=(*facts, *user), place=place, anchor=body, notation=notation)


def _facts(region: Region) -> Iterator[Fact]:
    boxes = {f"{b[1]}/{b[2]}": b for b in _BOX.finditer(region.text)}
    images = {_image(name) for name in boxes}
    if len(images) == 1:
        box = next(iter(boxes.values()))
        yield Fact("image", images.pop(), Evidence(f"the box {box[1]}/{box[2]}", region.outer(Span(*box.span()))))
    else:
        yield Fact("image", "", Evidence("the machine's box is not told here"))


def _image(box: str) -> str:
    """The image of the same system: `debian:bookworm` for `debian/bookworm64`; "" where the box does not tell."""
    owner, _, name = box.lower().partition("/")
    name = re.sub(r"-?(?:64|x86_64|amd64|server|desktop)$", "", name)
    found = _SYSTEMS.match(name)
    if found:
        system, release = found[1], found[2]
    elif _SYSTEMS.fullmatch(owner):
        system, release = owner, name
    else:
        return ""
    system = {"arch": "archlinux", "centos": "centos"}.get(system, system)
    if system == "ubuntu" and release.isdigit() and len(release) == 4:
        release = f"{release[:2]}.{release[2:]}"
    elif system == "alpine" and release.isdigit() and len(release) == 3:
        release = f"{release[0]}.{release[1:]}"
    return f"{system}:{release}" if release else system


def _user(region: Region) -> Fact:
    return Fact("user", "vagrant", Evidence("privileged: false", region.outer(Span(0, 0))))
