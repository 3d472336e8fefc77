"""Source to commands, as a table: what stands on the left is read as what stands on the right."""

from __future__ import annotations

import pytest

from pep668 import shell
from pep668.model import Command, Expansion, Region, Word


def render_word(word: Word) -> str:
    out = []
    for part in word.parts:
        if isinstance(part, str):
            out.append(part)
        else:
            default = "" if part.default is None else f":-{part.default}"
            out.append("<" + (part.name or "") + default + ">")
    text = "".join(out)
    return f"'{text}'" if not text or any(c in text for c in " \t\n;") else text


def render_scope(command: Command) -> str:
    names = {"subshell": "(", "condition": "if", "loop": "loop"}
    shown = [s.name + "()" if s.kind.value == "function" else s.name or names[s.kind.value] for s in command.scope]
    return " ".join(shown)


def render(command: Command) -> str:
    """`scope: [operator] WRAPPER[its words] NAME=value words >target`."""
    out = [f"{command.operator}" if command.operator else ""]
    out += [f"[{' '.join(render_word(w) for w in wrapper.words)}]" for wrapper in command.wrappers]
    exported = {a.name for a in command.assignments if a.exported}
    out += [
        f"{'export ' if a.name in exported else ''}{a.name}{'+' if a.append else ''}={render_word(a.value)};"
        for a in command.assignments
    ]
    out += [render_word(w) for w in command.words]
    out += [r.operator + render_word(r.target) for r in command.redirects]
    scope = render_scope(command)
    return (f"{scope}: " if scope else "") + " ".join(o for o in out if o)


def rendered(source: str) -> list[str]:
    return [render(c) for c in shell.parse(Region.document("shell", source))]


TABLE: list[tuple[str, list[str]]] = [
    # words and quotes
    ("pip install six", ["pip install six"]),
    ("pip install 'a b' \"c d\"", ["pip install 'a b' 'c d'"]),
    ("p'i'p in\"st\"all s\\ix", ["pip install six"]),
    ("pip install \"six>=1\" 'x<2' y[extra] .[dev,test]", ["pip install six>=1 x<2 y[extra] .[dev,test]"]),
    ('echo $\'a\\tb\\x41\' $"c" "q\\"q\\n"', ["echo 'a\tbA' c q\"q\\n"]),
    ('pip install $X ${Y} ${Z:-six} ${W-1} "$V/bin"', ["pip install <X> <Y> <Z:-six> <W:-1> <V>/bin"]),
    ('a ${X:-"y z"} ${A[@]} $@ $1 ${X%.*} ${#X} ${!X} $$', ["a '<X:-y z>' <A[@]> <@> <1> <> <> <> <$>"]),
    ("pip install dist/*.whl ?.whl [0-9].whl ~/x {a,b}.whl", ["pip install dist/<>.whl <>.whl <>.whl ~/x a.whl b.whl"]),
    ("rm /usr/lib/python3.{11,12}/X {1..3} {} {x}", ["rm /usr/lib/python3.11/X /usr/lib/python3.12/X 1 2 3 {} {x}"]),
    ("pip \\\n install \\\r\n six", ["pip install six"]),
    ("pip install six # not this\n# pip install no\npip list#x", ["pip install six", "pip list#x"]),
    ("a $((1 + (2))) b$((x))c $[1]", ["a <> b<>c $<>"]),
    ("echo @(a|b) !(c)", ["echo @<> !<>"]),
    # lists
    ("a && b || c; d & e", ["a", "&&: && b", "||: || c", "(: ; d", "& e"]),
    ("a | b |& c", ["(: a", "(: | b", "(: | c"]),
    ("a && b | c", ["a", "&& (: && b", "&& (: | c"]),
    ("a &&\n  b |\n\n # x\n c", ["a", "&& (: && b", "&& (: | c"]),
    ("sleep 1 &\nb", ["(: sleep 1", "b"]),
    ("! a\ntime b c\ntime { d; }", ["a", "[time] b c", "d"]),
    ("a; b;c\r\nd\r\n", ["a", "; b", "; c", "d"]),
    # substitutions
    ("x=$(pip list | grep y)", ["x=<>;", "( (: pip list", "( (: | grep y"]),
    ('echo "a $(pip list) `pip show x`"', ["echo 'a <> <>'", "(: pip list", "(: pip show x"]),
    ("diff <(a) >(b c)", ["diff <> <>", "(: a", "(: b c"]),
    ("echo `a \\`b c\\``", ["echo <>", "(: a <>", "( (: b c"]),
    ("a ${X:-$(b c)} $((1+$(d)))", ["a <> <>", "(: b c", "(: d"]),
    ("$(a) b", ["<> b", "(: a"]),
    # compound commands
    (
        "if a; then b; elif c; then d; else e; fi",
        ["if: a", "then: b", "if: c", "then: d", "else: e"],
    ),
    ("while read x; do a; done < f", ["if: read x", "loop: a"]),
    ("until a\ndo\n b\ndone", ["if: a", "loop: b"]),
    ("for x in a b; do c; done; for ((i=0;i<3;i++)); do d; done", ["x=<x>;", "loop: c", "loop: d"]),
    ("for x in $(a); do b; done", ["x=<x>;", "(: a", "loop: b"]),
    ("for x\ndo a\ndone; select y in 1; { b; }", ["x=<x>;", "loop: a", "y=<y>;", "loop: b"]),
    ("case $x in\n a|b) c ;;\n (d) e;; *)\n f\nesac; g", ["case: c", "case: e", "case: f", "; g"]),
    ('case "$(a)" in x) ;; esac', ["(: a"]),
    ("( a; b ) > x; { c; d; } 2>&1 | e", ["(: a", "(: ; b", "(: c", "(: ; d", "(: | e"]),
    ("[[ $x =~ ^(a|b)$ && -f $(c) ]] && d", ["(: c", "&&: && d"]),
    ("(( x < 1 )) || a", ["||: || a"]),
    ("f() { a; }\nfunction g { b; }\nfunction h() ( c )\nf", ["f(): a", "g(): b", "h() (: c", "f"]),
    ("coproc a b; coproc N { c; }", ["(: a b", "(: c"]),
    # assignments
    ("X=1 Y='a b' cmd Z=2", ["X=1; Y='a b'; cmd Z=2"]),
    ("X=1; Y+=:b", ["X=1;", "; Y+=:b;"]),
    ("a=(pip install x) b", ["a='pip install x'; b"]),
    ("a=(\n x # c\n 'y z' $(d)\n)", ["a='x <> <>';", "(: d"]),
    ('a[1]=x m["k]"]=y', ["a=x; m=y;"]),
    ("export X=1 Y", ["export X=1; export X=1 Y"]),
    (
        "declare -x X=a; local y=$1; readonly z=(1 2)",
        ["export X=a; declare -x X=a", "; y=<1>; local y=<1>", "; z='1 2'; readonly 'z=1 2'"],
    ),
    # redirects
    (
        "a >x 2>&1 </dev/null &>>log >|y {fd}<z",
        ["a >x >&1 </dev/null &>>log >|y <z"],
    ),
    ("> x a", ["a >x"]),
    ("cat <<EOF > f && b\npip install no\nEOF\nc", ["cat <<EOF >f", "&&: && b", "c"]),
    ("a <<X <<-'Y'\n1\nX\n\t2\n\tY\nb", ["a <<X <<-Y", "b"]),
    ('a <<< "b c"', ["a <<<'b c'"]),
    ("x=$(cat <<E\n)\nE\n)\nb", ["x=<>;", "(: cat <<E", "b"]),
    ("a <<EOF\nno end\npip install x", ["a <<EOF"]),
    # half-typed
    ("pip install 'abc\npip list", ["pip install abc", "pip list"]),
    ('pip install "abc $(x\npip list', ["pip install 'abc $(x'", "pip list"]),
    ("if a; then\n pip install", ["if: a", "then: pip install"]),
    ("fi\ndone\n}\n)\npip list", ["pip list"]),
    ("if a; then b )\npip list", ["if: a", "then: b", "then: pip list"]),
    ("( if a; then b )\npip list", ["( if: a", "( then: b", "pip list"]),
    ("case x in\npip install\nb", ["pip install", "b"]),
    ("a ${X\nb", ["a <>", "b"]),
    ("a |", ["(: a"]),
    ("f(", ["f"]),
    ("a=(b\nc", ["a='b c';"]),
    ("pip install \\", ["pip install \\"]),
]


@pytest.mark.parametrize(("source", "expected"), TABLE, ids=[s for s, _ in TABLE])
def test_commands(source: str, expected: list[str]) -> None:
    assert rendered(source) == expected


WRAPPED = [
    ("sudo -H -E pip install x", "[sudo -H -E] pip install x"),
    ("sudo -u bob -g grp -n -- pip install x", "[sudo -u bob -g grp -n --] pip install x"),
    ("sudo -Hu bob A=1 pip list", "[sudo -Hu bob A=1] pip list"),
    ("sudo -ubob pip list", "[sudo -ubob] pip list"),
    ("sudo --user=bob --chdir /x pip list", "[sudo --user=bob --chdir /x] pip list"),
    ("sudo -l pip", "sudo -l pip"),
    ("doas -u bob pip list", "[doas -u bob] pip list"),
    ("/usr/bin/env -i -u X A=1 pip list", "[/usr/bin/env -i -u X A=1] pip list"),
    ("exec -a n pip list", "[exec -a n] pip list"),
    ("command pip list", "[command] pip list"),
    ("command -v pip", "command -v pip"),
    ("nohup nice -n 5 ionice -c2 pip list", "[nohup] [nice -n 5] [ionice -c2] pip list"),
    ("time -p pip list", "[time -p] pip list"),
    ("timeout -k 5 --signal KILL 60s pip list", "[timeout -k 5 --signal KILL 60s] pip list"),
    ("stdbuf -oL pip list", "[stdbuf -oL] pip list"),
    ("find . -name r.txt -exec pip install -r {} \\; -print", "[find . -name r.txt -exec] pip install -r {}"),
    ("find . -name r.txt -print", "find . -name r.txt -print"),
    ("xargs -n 1 -P4 -r sudo pip install -U", "[xargs -n 1 -P4 -r] [sudo] pip install -U"),
    ("chroot /mnt pip list", "[chroot /mnt] pip list"),
    ("retry 5 pip list", "[retry 5] pip list"),
    ("run_cmd pip3 install x", "[run_cmd] pip3 install x"),
    ("run something pip", "run something pip"),
    ("conda run -n base --no-capture-output pip list", "[conda run -n base --no-capture-output] pip list"),
    ("conda install pip", "conda install pip"),
    ("poetry run pip list", "[poetry run] pip list"),
    ("poetry install", "poetry install"),
    ("uv run --with pip python -m pip list", "[uv run --with pip] python -m pip list"),
    ("uv pip install x", "uv pip install x"),
    ("uv run -m pip", "uv run -m pip"),
    ("docker run --rm -it -v a:b -e X=1 debian:12 pip list", "[docker run --rm -it -v a:b -e X=1 debian:12] pip list"),
    ("docker exec -u root -it c1 pip list", "[docker exec -u root -it c1] pip list"),
    ("docker compose -f x.yml run --rm app pip list", "[docker compose -f x.yml run --rm app] pip list"),
    ("docker build .", "docker build ."),
    ("ssh -p 22 -o A=b me@host pip list", "[ssh -p 22 -o A=b me@host] pip list"),
    ("ssh host 'pip list'", "ssh host 'pip list'"),
    ("kubectl -n x exec -it pod -- pip list", "[kubectl -n x exec -it pod --] pip list"),
    ("arch -arm64 pip list", "[arch -arm64] pip list"),
    ("runuser -u bob -- pip list", "[runuser -u bob --] pip list"),
    ("runuser bob -c x", "runuser bob -c x"),
    ("gosu app pip list", "[gosu app] pip list"),
    ("flatpak-spawn --host pip list", "[flatpak-spawn --host] pip list"),
    ("$SUDO pip list", "[<SUDO>] pip list"),
    ("$ECHO pip list", "<ECHO> pip list"),
    ("echo pip install x", "echo pip install x"),
    ("sudo echo pip install x", "[sudo] echo pip install x"),
    ("which pip", "which pip"),
    ("sudo", "sudo"),
]


@pytest.mark.parametrize(("source", "expected"), WRAPPED, ids=[s for s, _ in WRAPPED])
def test_wrappers(source: str, expected: str) -> None:
    assert rendered(source) == [expected]


def test_assignments_of_wrappers_are_exported() -> None:
    [command] = shell.parse(Region.document("shell", 'sudo -E A=1 env B="$X y" pip list'))
    found = [(w.name, a.name, a.value.parts, a.exported) for w in command.wrappers for a in w.assignments]
    assert found == [("sudo", "A", ("1",), True), ("env", "B", (Expansion("X"), " y"), True)]


@pytest.mark.parametrize("body", ['"$@"', "$@", "$*", 'sudo "$@"', 'for i in 1 2; do timeout 5 "$@" && return; done'])
def test_functions_that_run_their_arguments_are_wrappers(body: str) -> None:
    source = f"again() {{ {body}; }}\nagain pip install x\necho pip\n"
    assert rendered(source)[-2:] == ["[again] pip install x", "echo pip"]


def test_functions_that_do_not_run_their_arguments_are_programs() -> None:
    assert rendered('log() { echo "$@"; }\nlog pip install x')[-1] == "log pip install x"


STATEMENTS = [
    ("pip install x\n", "pip", "pip install x"),
    ("  pip install x  # y\n", "pip", "pip install x"),
    ("a; pip install x; b\n", "pip", "a; pip install x; b"),
    ("a &&\n  pip install \\\n  x\n", "pip", "a &&\n  pip install \\\n  x"),
    ("if a; then\n  pip install x | b\nfi\n", "pip", "pip install x | b"),
    ("if a; then pip install x; fi\n", "pip", "if a; then pip install x; fi"),
    ("f() {\n\tpip install x && y\n}\n", "pip", "pip install x && y"),
    ("case x in\n a) pip install x;;\nesac\n", "pip", "case x in\n a) pip install x;;\nesac"),
    ("x=$(\n  pip list\n)\n", "pip", "pip list"),
    ("cat <<E | pip install x\nbody\nE\n", "pip", "cat <<E | pip install x"),
    ("(a\n pip install x) > y\n", "pip", "pip install x"),
]


@pytest.mark.parametrize(("source", "name", "expected"), STATEMENTS)
def test_statement(source: str, name: str, expected: str) -> None:
    [command] = [c for c in shell.parse(Region.document("shell", source)) if c.name == name]
    assert source[command.statement.start : command.statement.end] == expected


def test_alternatives_share_their_owner() -> None:
    source = "x; if a; then b; elif c; then d; else e; fi && f || g\ncase y in 1) h;; 2) i;; esac"
    owners = {c.words[0].value: c.scope[-1].owner for c in shell.parse(Region.document("shell", source)) if c.scope}
    at = source.index("if")
    assert owners == {
        **dict.fromkeys("abcdefg", at),
        **dict.fromkeys("hi", source.index("case")),
    }
    keys = [c.scope[-1].key for c in shell.parse(Region.document("shell", source)) if c.scope]
    assert len(set(keys)) == len(keys)
