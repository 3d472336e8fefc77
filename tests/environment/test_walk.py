"""State along a document where it is long: every command is judged, at a bounded cost."""

from __future__ import annotations

from pep668.analysis import analyze


def test_functions_that_call_each_other_many_times_hide_no_command() -> None:
    functions = [f"f{i}() {{\n" + f"  f{i + 1}\n" * 12 + f"  pip install p{i}\n}}\n" for i in range(40)]
    text = "".join(functions) + "f0\n"
    found = [package for judged in analyze(text, "shell").context.judged for package in judged.install.packages]
    assert found == [f"p{i}" for i in range(40)]


def test_a_chain_of_calls_deeper_than_the_bound_hides_no_command() -> None:
    functions = [f"f{i}() {{ f{i + 1}; pip install p{i}; }}\n" for i in range(300)]
    found = [p for j in analyze("".join(functions) + "f0\n", "shell").context.judged for p in j.install.packages]
    assert found == [f"p{i}" for i in range(300)]
