"""Makefiles: what the recipes run against GNU make itself, places, tolerance."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pep668 import languages
from pep668.analysis import analyze
from pep668.languages import detect, makefile
from pep668.model import Region
from pep668.render.inventory import inventory

MAKE = shutil.which("gmake") or shutil.which("make") or ""
HEAD = "A = a\nB := b\nC = c-$(A)\nf = <$(1)|$(2)>\n"

_SETTINGS = st.sampled_from(
    [
        *("A = one", "A := $(B)2", "A ?= never", "A += more", "B = $(A)-b", "B += $(C)", "C:=$(A) # comment"),
        *("override B = q", "B ::= x  $(C)", "export A", "export C = exported $$x", "# A = no \\\n B = neither", ""),
        *(
            "define C\nfirst $(A)\nendef",
            "define B :=\nnow $(A)\nendef",
            "C = long \\\n    value \\\n\tgoes on",
            "A =",
            "   A = in",
        ),
        *("D_$(B) = x", "C = it's #c", "C = \\# $(A)", "unexport B", "A=$(call f,x)", "vpath %.c src"),
    ]
)
_LINES = st.sampled_from(
    [
        *(
            "echo $(A)",
            "@echo '$(B)' # not make's",
            "-echo $${HOME} $$x",
            "@-  echo ${C} $A",
            "# $(A)",
            "echo \\\n\t  $(B) \\\n\tx",
        ),
        *("echo $(call f,1,$(A))", "echo $(strip   $(B)  x )", "echo $(call f,(1,2),3); echo $@", "echo '\\\\' $(C)"),
        *(
            "cd x && echo 'a \\\n  b'",
            "  @ echo spaced",
            "A = word",
            "ifeq",
            "echo a:b ; echo x",
        ),
        *("echo $< $^ $(@F) $(<D)", "echo $(A)$(B)", "echo `echo $(A)`"),
    ]
)
_BETWEEN = st.sampled_from(["", "\n", "# between\n", "  \n", "   # more\n"])


@pytest.fixture(scope="module", autouse=True)
def gnu_make() -> None:
    """The oracle of these tests; `make test` itself runs in one."""
    version = subprocess.run([MAKE, "--version"], capture_output=True, text=True, check=True).stdout if MAKE else ""
    assert "GNU Make 4" in version, "these tests compare with GNU make 4: install `make`"


def _make(text: str) -> list[str]:
    """The commands of target `all` as GNU make would run them; it is told to run none."""
    done = subprocess.run(
        [MAKE, "-n", "--no-print-directory", "-f", "-", "all"],
        input=text,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/nonexistent", "LC_ALL": "C"},
        cwd="/",
    )
    assert done.returncode == 0, done.stderr + text
    return [line.rstrip() for line in done.stdout.splitlines() if "Nothing to be done" not in line]


def _ours(text: str) -> list[str]:
    regions = [r for r in makefile.extract(Region.document("makefile", text)) if isinstance(r, Region)]
    return [line.rstrip() for region in regions for line in region.text.splitlines()]


@settings(max_examples=80, deadline=None)
@given(
    st.lists(_SETTINGS, max_size=6), st.lists(st.tuples(_BETWEEN, _LINES), max_size=6), st.lists(_SETTINGS, max_size=3)
)
def test_the_recipe_is_what_gnu_make_runs(before: list[str], lines: list[tuple[str, str]], after: list[str]) -> None:
    recipe = "".join(f"{between}\t{line}\n" for between, line in lines)
    text = HEAD + "".join(f"{s}\n" for s in before) + f"all: d/in.txt\n{recipe}" + "".join(f"{s}\n" for s in after)
    text += "d/in.txt:\n"
    assert _ours(text) == _make(text), text


@pytest.mark.parametrize(
    "text",
    [
        "all: ; @echo one # two\n",
        "all: dep; echo $(X) ; echo two\n\techo three\nX = a;b\ndep:\n",
        ".RECIPEPREFIX = >\nall:\n> echo a \\\n>   b\n>@echo c\n",
        "define RUN\n@echo one \\\n  more\n\t-echo $(X) two\n\necho three\nendef\nX=x\nall:\n\t$(RUN)\n\t@echo last\n",
        "define RUN\necho $(1)-$(2)\necho $$HOME\nendef\nall:\n\t@$(call RUN,a b,c)\n",
        "all: X = 1\nall: X += 2\nX = 0\nall:\n\techo $(X)\n",
        "X = 0\nall: override X := 5\nall: export Y = 7\nall:\n\techo $(X) $(Y)\n",
        "all: OUT = $@.o\nall: a b\n\techo $(OUT) $^\na b:\n",
        "X = 1\nifdef X\nall:\n\techo defined\nendif\n\techo again\n",
        "define T\nall::\n\techo $(1) $$(V) $$$$x\nendef\nV = v\n$(eval $(call T,one))\n",
        "all:\n\techo one\n    \n# comment \\\n\techo not this\n\n\techo two\n",
        "N = 3\nP$(N) = pip\nM = P3\nall:\n\techo $($(M)) $(P$(N)) x\n",
        "a = b: c\nall:\n\techo $(a)\n",
        "all :\n\techo '#' # x\n",
        "all:\n\techo $(foreach x,one,a-$$x (b,c), $(strip d)) e\n",
        "export define X\none\nendef\nall:\n\techo $(X)\n",
        "X = a\\\n  b\\\n\nY = \\\n  c\nall:\n\techo $(X)$(Y)\n",
    ],
)
def test_hand_written_makefiles(text: str) -> None:
    assert _ours(text) == _make(text)


def _found(text: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(c["text"], tuple(c["packages"])) for c in inventory(analyze(text, "makefile"), "")]


def _recipe_text(name: str) -> str:
    return f"{name}:\n\tpython3 -m venv {name}\n\t@pip install {name} \\\n\t  more-{name}\n"


def test_cutting_it_anywhere_keeps_the_targets_before() -> None:
    text = (
        "PIP = pip3\n" + _recipe_text("a") + "define X\nfoo $(PIP)\nendef\n" + _recipe_text("b") + "$(eval $(call X))\n"
    )
    whole = text.index("define X")
    for end in range(whole, len(text)):
        assert ("pip install", ("a", "more-a")) in _found(text[:end]), text[:end]


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.sampled_from("$(){}:=\t\n\r \\#@-+;,%&!.?abcdefi'\"\x0c\u2028"), max_size=80))
def test_it_never_raises(text: str) -> None:
    list(_everything(Region.document("makefile", text + "\nx:\n\tpip install y $(a)\n")))


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "define a\n",
                "endef\n",
                "$(call a,$(a))",
                "$(eval $(a))\n",
                "ifeq (",
                "else\n",
                "endif\n",
                "x:",
                "\t",
                "pip install ",
                "$(a)",
                "a = $(b)\n",
                "b := $(a)\n",
                "a +=",
                "!=",
                "$(shell ",
                ")",
                "\\\n",
                "\n",
                "$$",
                "@A@",
                "export ",
                ": a = 1\n",
            ]
        ),
        max_size=25,
    ).map("".join)
)
def test_its_places_are_right(text: str) -> None:
    for region in _everything(Region.document("makefile", text)):
        for segment in region.map.segments:
            if segment.verbatim:
                inner, outer = segment.inner, segment.outer
                assert region.text[inner.start : inner.end] == text[outer.start : outer.end]


def _everything(region: Region) -> Iterator[Region]:
    yield from makefile.extract(region)


def test_dollars_are_written_twice() -> None:
    (region,) = _everything(Region.document("makefile", "x:\n\tpip install $$y\n"))
    assert region.text == "pip install $y"
    assert region.written('"$HOME"') == '"$$HOME"'
    assert region.written("a\nb") is None


def test_time_is_linear() -> None:
    texts = [
        "$(" * 10_000,
        "x:\n\tpip install " + "$(a" * 10_000,
        "ifeq (a,b)\n" * 4_000,
        "a := $(a)$(a)x\n" * 2_000 + "x:\n\tpip install $(a)\n",
        "".join(f"v{i} = $(v{i + 1})$(v{i + 1})\n" for i in range(200)) + "x:\n\tpip install $(v0)\n" * 200,
        "x: " + "\\\n" * 20_000,
        "define a\n" * 10_000,
        "x:\n" + "\tpip install $(a) \\\n" * 10_000,
        "a " * 40_000 + "\n",
        ("A" * 100 + " ") * 2_000 + ":\n\tpip install $^\n",
        "x:\n" + "".join(f"a{i} = $(a{i})\n" for i in range(4_000)),
        "@A" * 20_000,
        "$(shell " * 4_000 + ")" * 4_000,
        "x:\n\t" + "$(foreach a,b," * 2_000 + ")" * 2_000,
    ]
    for text in texts:
        count = _calls(text)
        assert count < 100 * len(text) + 1_500_000, (text[:40], count)


def _calls(text: str) -> int:
    """How many function calls reading takes: a measure that does not depend on the machine."""
    calls = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += 1

    assert threading.current_thread() is threading.main_thread()
    sys.setprofile(count)
    try:
        list(_everything(Region.document("makefile", text)))
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize(
    "path",
    ["Makefile", "sub/makefile", "GNUmakefile", "common.mk", "win.mak", "Makefile.am", "Makefile.in", "debian/rules"],
)
def test_its_names(path: str) -> None:
    assert detect(path) == "makefile"


def test_its_first_line() -> None:
    assert detect("build", "#!/usr/bin/make -f\nall:\n") == "makefile"
    assert languages.detect("rules", "", "makefile") == "makefile"
