"""Documents: what of them is code, exactly where it stands, and which pieces share a shell. Oracles read them too."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from docutils.core import publish_doctree
from docutils.nodes import literal, literal_block
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pep668.analysis import analyze
from pep668.languages import _console, _inline_code, _markdown, detect, extractor
from pep668.model import Evidence, Fact, Place, Region
from pep668.text import SourceMap

LANGUAGES = ("markdown", "restructuredtext", "asciidoc", "html")

PIECES = [
    *("pip install a", "pip install b \\", "$ pip install c", "`pip install d`", "``pip install e``", "Text.", "pip"),
    *("", "", "  ", "\t", "> ", "- ", "1. ", "    ", "```", "```sh", "~~~", "````", "# Title", "=====", "-----", "::"),
    *("Text::", ".. code-block:: sh", ".. note::", ".. comment", "----", "....", "[source,sh]", "////", "!!! note"),
    *("<pre>", "</pre>", "<code>", "</code>", "&lt;", "&amp;", "<br>", "<!--", "-->", "<details>", "| `a` | b |"),
    *('=== "Tab"', "```{note}", "---", "\\", "'", '"', "$ cat <<EOF", "EOF", "**Bold**", ">>> a", "...", "\r", "\x00"),
]
DOCUMENTS = st.lists(
    st.tuples(st.sampled_from(PIECES), st.sampled_from(["\n", "\n", "\r\n", "", " "])), max_size=24
).map(lambda pieces: "".join(a + b for a, b in pieces))


def regions(language: str, text: str) -> list[Region]:
    return list(inner(Region.document(language, text)))


def inner(region: Region, depth: int = 0) -> Iterator[Region]:
    """All regions in a region that a document language gives, those in the documents that it holds too."""
    extract = extractor(region.language)
    assert extract is not None
    for item in extract(region):
        assert isinstance(item, Region)
        yield item
        if item.language in LANGUAGES and depth < 12:
            yield from inner(item, depth + 1)


def shells(language: str, text: str) -> list[Region]:
    return [r for r in regions(language, text) if r.language == "shell"]


def assert_mapped(region: Region, text: str) -> None:
    at = 0
    before = 0
    for segment in region.map.segments:
        assert segment.inner.start == at
        assert before <= segment.outer.start <= segment.outer.end <= len(text)
        at, before = segment.inner.end, segment.outer.end
        if segment.verbatim:
            assert region.text[segment.inner.start : segment.inner.end] == text[segment.outer.start : segment.outer.end]
    assert at == len(region.text)


# --- promises of all document languages ---


@pytest.mark.parametrize("language", LANGUAGES)
@given(text=DOCUMENTS)
@settings(max_examples=150, deadline=None)
def test_maps_are_exact_and_nothing_is_raised(language: str, text: str) -> None:
    for region in regions(language, text):
        assert_mapped(region, text)
        assert region.fact("document") is not None
        assert region.place.system
        assert region.place.process
        if region.anchor is not None:
            assert 0 <= region.anchor.start <= region.anchor.end <= len(text)


SHELL = (
    "$ pip install \\\n",
    "$ 'a\n",
    "$ a <<EOF\n",
    "(venv) ",
    "user@host:",
    "PS C:\\",
    "pip install ",
    "$ for x; do\n> a\n",
)
GARBAGE = {
    "markdown": (
        *(
            "`",
            "``a` ",
            "`a``b```c ",
            "<code>",
            "<!--",
            "```\n",
            "- ",
            "> ",
            "\t",
            "    a\n",
            "!!! a\n",
            "[",
            "|a",
            "\r",
        ),
        *(
            '=== "a"\n    ',
            "    $ a\n\n",
            "<div>\n```\n",
            "a\n=\n",
            "[a]: b\n",
            "**a**\n",
            "<script>",
            "\\",
            "| a\n|-\n",
        ),
    ),
    "restructuredtext": (
        "`",
        "``a` ",
        "..\n",
        ".. a::\n",
        "::\n\n  a\n",
        "  - a::\n",
        "- ",
        "a\n=\n",
        ">>> a\n... b\n",
        "|",
    ),
    "asciidoc": ("`", "``a` ", "----\n", "[source]\n", "+a", "|a", " a\n", "//\n", "<1>", "[", "=== a\n"),
    "html": ("<code>", "<!--", "&amp;", "&", '<a "', "<a '", "<pre>", '<p x="<">', "<script>", "<a", "<samp>", "<"),
}


@pytest.mark.parametrize(("language", "piece"), [(k, p) for k in GARBAGE for p in GARBAGE[k] + SHELL])
def test_time_is_linear(language: str, piece: str) -> None:
    text = "pip install x\n" + piece * (150_000 // len(piece))
    start = time.process_time()
    analyze(text, language)
    assert time.process_time() - start < 60


def test_a_document_in_a_document_has_its_reader_and_its_shell() -> None:
    text = "```sh\n. .venv/bin/activate\n```\n<pre>pip install a</pre>\n"
    first, page, second = regions("markdown", text)
    assert (page.language, second.parent) == ("html", page)
    assert first.place == second.place
    assert len([f for f in second.facts if f.kind == "document"]) == 1


def test_a_document_that_a_program_holds_keeps_apart() -> None:
    host = Region("notebook", "", SourceMap.identity(0), place=Place("outer", "cell"))
    text = "`pip install a`"
    held = Region("markdown", text, SourceMap.identity(len(text), 7), place=Place("outer", "cell"), parent=host)
    (region,) = inner(held)
    assert region.place.system.startswith("outer@7/")
    assert region.map.offset(0) == 8


def test_a_dockerfile_in_a_document_knows_both() -> None:
    text = "- x\n\n  ```dockerfile\n  FROM debian:12\n  RUN pip install a\n  ```\n"
    (dockerfile,) = regions("markdown", text)
    extract = extractor("dockerfile")
    assert extract is not None
    (run,) = (r for r in extract(dockerfile) if isinstance(r, Region))
    assert run.fact("document") is not None
    assert run.fact("image") is not None
    assert run.parent is dockerfile
    assert_mapped(run, text)
    assert dockerfile.written("a\nb") == "a\n  b"


@pytest.mark.parametrize(
    ("name", "language"),
    [
        *(("README.md", "markdown"), ("docs/a.mdx", "markdown"), ("SKILL.md", "markdown"), ("a.Rmd", "markdown")),
        *(
            ("a.qmd", "markdown"),
            ("rules/a.mdc", "markdown"),
            ("README.rst", "restructuredtext"),
            ("a.adoc", "asciidoc"),
        ),
        *(("index.html", "html"), ("a.htm", "html"), ("a.markdown", "markdown")),
    ],
)
def test_documents_are_known_by_name(name: str, language: str) -> None:
    assert detect(name) == language


def test_an_unsaved_document_is_known_by_its_editor_language() -> None:
    assert detect("Untitled-1", "text", "mdx") == "markdown"
    assert detect("Untitled-1", "text", "restructuredtext") == "restructuredtext"


# --- Markdown, read by markdown-it-py as a whole ---


@given(st.text(alphabet="`\\ab \n*", max_size=40))
@settings(max_examples=400, deadline=None)
def test_code_in_sentences_is_what_commonmark_says(text: str) -> None:
    tokens = MarkdownIt("commonmark").parse(text)
    expected = [
        child.content
        for token in tokens
        if token.type == "inline"
        for child in token.children or []
        if child.type == "code_inline"
    ]
    found = []
    for block in _markdown.blocks(text):
        if block.kind in ("text", "heading"):
            for kind, span in _inline_code.spans(block.made[0]):
                assert kind == "code"
                found.append(re.sub(r"\n", " ", block.made[0][span.start : span.end]))
    normal = [re.sub(r"^ (.*[^ ].*) $", r"\1", f) for f in found]
    assert [squeezed(f) for f in normal] == [squeezed(e) for e in expected]


def squeezed(text: str) -> str:
    """Blanks at the ends of lines and at their beginnings are no part of a paragraph's lines."""
    return re.sub(r" +", " ", text).strip()


@given(DOCUMENTS)
@settings(max_examples=200, deadline=None)
def test_blocks_are_what_commonmark_says(text: str) -> None:
    if any(mark in text for mark in ("!!!", "===", "---", "\r\r", "\x00")):
        return  # front matter and what MkDocs adds
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    expected = [t.content for t in tokens if t.type in ("fence", "code_block", "html_block")]
    found = [b.made[0] for b in _markdown.blocks(text) if b.kind in ("fence", "code", "html")]
    assert [f.replace("\r\n", "\n") for f in found] == expected


def test_a_tab_of_which_a_part_is_indentation() -> None:
    text = ">\t\tpip install a\n"
    (region,) = shells("markdown", text)
    assert region.text == "  pip install a\n"
    assert_mapped(region, text)


# --- reStructuredText, read by docutils ---

BLOCKS = st.recursive(
    st.sampled_from(
        [
            *("Some text.\n", "Run ``pip install a`` now.\n", "::\n\n  pip install b\n", "Text::\n\n  pip install c\n"),
            *(".. code:: sh\n\n   pip install d\n", ".. a comment\n   pip install e\n", "..\n\n   pip install f\n"),
            *("| a line\n", "Two\nlines::\n\n   pip install g\n\n   # more\n", ".. code::\n\n   pip install h\n"),
            *("Of a person: ::\n\n  $ pip install i\n", "::\n\n> pip install j\n> pip install k\n", ".. _t:\n"),
        ]
    ),
    lambda inside: st.one_of(
        inside.map(lambda b: ".. note::\n\n" + indented(b, "   ")),
        inside.map(lambda b: "- " + indented(b, "  ")[2:]),
        inside.map(lambda b: "10. " + indented(b, "    ")[4:]),
        st.tuples(inside, inside).map("\n".join),
    ),
    max_leaves=6,
)


def indented(text: str, margin: str) -> str:
    return re.sub(r"^(?=.)", margin, text, flags=re.MULTILINE)


@given(BLOCKS)
@settings(max_examples=200, deadline=None)
def test_literals_are_what_docutils_says(text: str) -> None:
    tree = publish_doctree(text, settings_overrides={"report_level": 5, "syntax_highlight": "none"})
    blocks = [n.astext() for n in tree.findall(literal_block)]
    inlines = [n.astext() for n in tree.findall(literal)]
    expected = [c for n in blocks for c in re.findall(r"pip install \w", n)] + inlines
    found = [c for r in shells("restructuredtext", text) for c in re.findall(r"pip install \w", r.text)]
    assert sorted(found) == sorted(expected)


# --- HTML, read by html.parser ---


class Texts(HTMLParser):
    """The text of `pre` elements."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.inside = False
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "pre":
            self.inside = True
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "pre"

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.found[-1] += data


INSIDE = st.lists(
    st.sampled_from(
        [
            *("pip install a", " ", "\n", "&lt;", "&amp;&amp;", "&quot;", "&#39;", "&#x41;", "&copy;", "& ", "&x"),
            *("< ", '<span class="k">', "</span>", "<!-- pip -->", "<b>", "</b>", '<i title="a>b">', "</i>"),
        ]
    ),
    max_size=10,
).map("".join)


@given(st.lists(INSIDE, min_size=1, max_size=3))
@settings(max_examples=200, deadline=None)
def test_the_text_of_blocks_is_what_browsers_show(parts: list[str]) -> None:
    text = "".join(f'<p>Text</p><pre class="sh">pip install x{p}\npip</pre>' for p in parts)
    oracle = Texts()
    oracle.feed(text)
    oracle.close()
    assert [r.text for r in shells("html", text)] == oracle.found


# --- what is typed ---


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("$ a\nb\n$ c\n", "a\nc\n"),
        ("$ a \\\n  b\nc\n", "a \\\n  b\n"),
        ("$ a \\\n> b\nc\n", "a \\\nb\n"),
        ("$ cat <<EOF\nx\nEOF\nout\n", "cat <<EOF\nx\nEOF\n"),
        ("$ cat <<'EOF'\n> x\n> EOF\nout\n", "cat <<'EOF'\nx\nEOF\n"),
        ("$ echo 'a\nb'\nout\n", "echo 'a\nb'\n"),
        ("$ for x in a; do\n>   b\n> done\nout\n", "for x in a; do\n  b\ndone\n"),
        ("$ echo don't\n$ b\n", "echo don't\nb\n"),
        ("$\n$ a\n", "\na\n"),
        ("me@host:~$ a\n[me@host ~]# b\n~/x % c\nbash-5.1$ d\n❯ e\n", "a\nb\nc\nd\ne\n"),
        ("  $ a\n  out\n", "a\n"),
    ],
)
def test_what_is_typed_behind_prompts(text: str, typed: str) -> None:
    (found,) = _console.transcript(text)
    assert found.made[0] == typed


@pytest.mark.parametrize("text", ["a\nb\n", "# a\nb\n", "$a\n", "$(a)\n", "100% b\n", "> a\n", "", "price: $ 5\n"])
def test_text_without_prompts(text: str) -> None:
    assert _console.transcript(text) == []


def test_programs_and_environments_are_told_apart() -> None:
    text = "PS C:\\> a\nC:\\x> b\n>>> c\n... d\nIn [3]: e\n(venv) $ f\n$ g\n(venv) PS /x> h\n"
    found = [(t.language, t.environment, t.made[0]) for t in _console.transcript(text)]
    assert found == [
        ("powershell", None, "a\n"),
        ("cmd", None, "b\n"),
        ("python", None, "c\nd\n"),
        ("ipython", None, "e\n"),
        ("shell", "venv", "f\n"),
        ("shell", None, "g\n"),
        ("powershell", "venv", "h\n"),
    ]


def test_new_lines_stand_behind_the_prompt() -> None:
    (region,) = shells("markdown", "> ```console\n> $ pip install a\n> ```\n")
    assert region.written("x\ny") == "x\n> $ y"
    (region,) = shells("html", "<pre>&gt; pip install a</pre>")
    assert region.written("x && y") == "x &amp;&amp; y"


# --- which pieces share a shell ---


def processes(text: str) -> list[str]:
    return [r.place.process for r in shells("markdown", text)]


def test_a_document_has_one_system_and_a_shell_a_section() -> None:
    text = "```sh\npip install a\n```\n# B\n```sh\npip install b\n```\n```sh\npip install c\n```\n"
    first, second, third = shells("markdown", text)
    assert first.place.system == second.place.system
    assert first.place.process != second.place.process == third.place.process


@pytest.mark.parametrize(
    ("blocks", "same"),
    [
        (["# A", ". v/bin/activate", "# B", "pip install b"], True),
        (["# A", ". v/bin/activate; pip install a", "# B", "pip install b"], False),
        (["# A", ". v/bin/activate; pip install -U pip", "# B", "pip install b"], True),
        (["# A", "sudo apt install python3-venv", "# B", "pip install b"], False),
        (["# A", ". v/bin/activate; pip install a", "## B", "pip install b"], True),
        (["# A", "## B", ". v/bin/activate", "# C", "pip install b"], True),
        (["# A", ". venv/bin/activate; pip install a; venv/bin/python a.py", "# B", "pip install b"], False),
        (["# A", "pip install virtualenv", "# B", "pip install b"], False),
        (["# A", "virtualenv v", "# B", "pip install b"], True),
        (["**A**", ". v/bin/activate; uv sync", "**B**", "pip install b"], False),
    ],
)
def test_where_an_environment_reaches(blocks: list[str], same: bool) -> None:
    text = "\n\n".join(b if b[0] in "#*" else f"```sh\n{b}\n```" for b in blocks)
    first, *_, last = processes(text)
    assert (first == last) is same


def test_what_a_sentence_mentions_has_a_system_of_its_own() -> None:
    one, two, three = shells(
        "markdown", "`pip install a`, `sudo rm /usr/lib/python3/EXTERNALLY-MANAGED`, `pip install b`"
    )
    assert len({one.place.system, two.place.system, three.place.system}) == 3


def test_facts_of_the_holder_stay() -> None:
    image = Fact("image", "debian:12", Evidence("x"))
    (region,) = inner(Region.document("markdown", "`pip install a`", (image,)))
    assert region.fact("image") is image


@pytest.mark.parametrize(
    ("code", "command"),
    [
        *(
            ("pip install a", True),
            ("pip install -e.", True),
            ("pip install -rrequirements.txt", True),
            ("uv sync", True),
        ),
        *(("pip list | xargs pip install --upgrade", True), ("$ pip install a", True), ("poetry install", True)),
        *(("PIP_USER=1 ./env/bin/pip install a", True), ("pip install <name>", True), ("pip install .", True)),
        *(("cd a && pip install .", True), ("docker run x pip install a", True), ("sudo -H pip3 install a", True)),
        *(("pip", False), ("pip install", False), ("pip install -U", False), ("pip install --user --quiet", False)),
        *(("pip install ...", False), ("pip install …", False), ("uv add", False), ("conda remove -y", False)),
        *(("!pip install", False), ("--pip-args", False), ("use pip install a", False), ("uv tool install", False)),
        *(("pip install -r", False), ("requirements.txt", False), ("x" * 2000 + " pip", False)),
    ],
)
def test_code_in_a_sentence_is_a_command_or_names_one(code: str, command: bool) -> None:
    assert bool(shells("markdown", f"Use ``{code}`` here.")) is command
