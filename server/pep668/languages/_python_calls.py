"""What calls run: by functions that are known, by those of the same text, by names that say it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pep668.text import Span

from . import _python_runners as known
from ._python_found import Found, at_call, is_evident, is_line, may_be_words, plain, sequence, under_sudo, without
from ._python_names import Where
from ._python_runners import ARGUMENTS, EITHER, LISTED, PREFIXED, Runner
from ._python_scopes import Module, Placed, Scope
from ._python_text import Piece, Text, Value, Variables, Words, as_many, moved, split
from ._python_tree import Attribute, Binary, Call, Name, Node, Sequence, Star, Str, Subscript, dotted
from ._python_values import Evaluator


class Calls:
    """Reads the calls of a module."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.evaluator = Evaluator(module)
        self._roots = {origin.partition(".")[0] for origin in module.imports.values()}
        self._running: dict[int, bool] = {}
        self._left = known.MOST_FOLLOWED

    def commands(self, placed: Placed) -> Iterator[Found]:
        """What a call runs, once for each value that its command may have."""
        where = Where(placed.scope, placed.path, placed.node.start)
        call = placed.node
        if isinstance(call, Call):
            yield from self._commands(call, where, 0)

    def _commands(self, call: Call, where: Where, depth: int) -> Iterator[Found]:
        func = call.func
        qualified = self.evaluator.qualified(func)
        runner = known.RUNNERS.get(qualified)
        last = func.name if isinstance(func, Attribute) else dotted(func)
        if runner is not None:
            yield from self._run(runner, call, where)
            return
        if last in known.MAGICS:
            yield from self._magic(call, last, where)
            return
        shell_module = self._of_shell_module(call, qualified, where)
        if shell_module is not None:
            yield shell_module
            return
        handed = list(self._handed(call, where))
        if handed:
            yield from handed
            return
        followed = False
        for function in self.module.functions.get(last, ())[:3]:
            if not self._runs(function):
                continue
            for found in self._followed(function, call, where, depth):
                followed = True
                yield found
        if followed or qualified in known.OTHERS:
            return
        first = call.args[0] if call.args else next((n for k, n in call.keywords if k in known.KEYWORDS), None)
        if first is None:
            return
        if known.says_it_runs(last) or last in known.REMOTE:
            yield from self._by_name(call, first, last, where)
        elif isinstance(first, Sequence) and first.opening == "[" and known.runs_a_list(last):
            for value in self.evaluator.values(first, where):
                if isinstance(value, Words):
                    yield self._listed(value, call, where, first)
        elif isinstance(first, Str) and known.runs_a_text(last):
            for value in self.evaluator.values(first, where)[:1]:
                if isinstance(value, Text) and known.WHOLE.match(value.symbolic):
                    yield self._found(value, call, where, first)
        elif known.may_run(qualified) or qualified.rpartition(".")[2] in known.CALLERS:
            yield from self._evident(call, qualified, where)

    def _evident(self, call: Call, qualified: str, where: Where) -> Iterator[Found]:
        """`call(*pip, "install", "x")`, `setup_cmd(prefix, cmd)`: words that can be nothing but an installation.

        A test's helpers of such names are mostly stand-ins.
        """
        if where.scope.name.startswith("test"):
            return
        args = call.args
        if not known.may_run(qualified):
            if not isinstance(args[0], Name | Attribute) or not known.may_run(self.evaluator.qualified(args[0])):
                return
            args = args[1:]
        values: list[Value] = []
        if len(args) > 1:
            values = self.evaluator.values(sequence(args), where)
        if not any(is_evident(value) for value in values):
            values = [
                value
                for arg in args[:3]
                if isinstance(arg, Name | Attribute | Sequence | Binary)
                for value in self.evaluator.values(arg, where)
            ]
        yield from (
            self._found(value, call, where) for value in values if isinstance(value, Words) and is_evident(value)
        )

    def _handed(self, call: Call, where: Where) -> Iterator[Found]:
        """`executor.submit(subprocess.run, ["pip", "install", "x"])`: a function that another one calls."""
        for index, arg in enumerate(call.args[:3]):
            if isinstance(arg, Name | Attribute):
                runner = known.RUNNERS.get(self.evaluator.qualified(arg))
                if runner is not None:
                    inner = Call(call.start, call.end, arg, call.args[index + 1 :], call.keywords)
                    yield from self._run(runner, inner, where)

    # --- functions that are known ---

    def _run(self, runner: Runner, call: Call, where: Where) -> Iterator[Found]:
        how = runner.how
        if how == ARGUMENTS:
            items = self._arguments(call.args[runner.at :], where)
            if runner.skips:
                items = items[:1] + items[2:]
            if runner.program:
                at = items[0].pieces[0].span.start if items and items[0].pieces else call.end
                items = (plain(runner.program, Span(call.start, at)), *items)
            if items:
                yield self._found(Words(items), call, where)
            return
        node = call.args[runner.at] if runner.at < len(call.args) else call.keyword(runner.keyword)
        if node is None or isinstance(node, Star):
            if how == PREFIXED and self._argv(where) is not None:
                yield from self._prefixed(runner, call, self._argv(where), where)
            return
        for value in self.evaluator.values(node, where):
            if how == PREFIXED:
                yield from self._prefixed(runner, call, value, where)
            elif how == LISTED:
                if isinstance(value, Words) and call.args:
                    program = self.evaluator.values(call.args[runner.at - 1], where)[0]
                    first = (program,) if isinstance(program, Text) else value.items[:1]
                    yield self._found(Words((*first, *value.items[1:])), call, where)
            elif isinstance(value, Words):
                yield self._listed(value, call, where, node)
            elif isinstance(value, Text):
                yield from self._texts(value, call, where, node, runner)

    def _listed(self, value: Words, call: Call, where: Where, node: Node) -> Found:
        only = value.items[0] if len(value.items) == 1 else None
        if only is not None and is_line(only):  # ["pip install x"] with shell=True, or a slip
            return self._found(only, call, where, node)
        return self._found(value, call, where, node)

    def _texts(self, value: Text, call: Call, where: Where, node: Node, runner: Runner) -> Iterator[Found]:
        more = call.args[1] if len(call.args) > 1 and runner.how == EITHER else None
        listed = self.evaluator.values(more, where)[0] if more is not None and not isinstance(more, Star) else None
        if isinstance(listed, Words):  # pexpect.spawn("pip", ["install", "x"])
            yield self._found(Words((value, *listed.items)), call, where)
        else:
            yield self._found(value, call, where, node)

    def _prefixed(self, runner: Runner, call: Call, value: Value | None, where: Where) -> Iterator[Found]:
        if isinstance(value, Text):
            value = Words((as_many(value),))
        if not isinstance(value, Words):
            return
        yield self._found(Words((*self._program(runner.program, call.func), *value.items)), call, where)

    def _program(self, program: str, node: Node) -> tuple[Text, ...]:
        """The words that run a module in this Python, at the place of the name that stands for it."""
        name = dotted(node)
        exact = name == program or name.startswith(program + ".")
        at = node.start
        word = Text((Piece(program, Span(at, at + len(program)) if exact else node.span, exact=exact),))
        return (
            Text((Piece("sys_executable", Span(at, at), hole=True),)),
            plain("-m", Span(at, at)),
            word,
        )

    def _argv(self, where: Where) -> Value | None:
        """`sys.argv` as it was set, without the program."""
        for value in self.evaluator.variable("sys.argv", where)[:1]:
            if isinstance(value, Words):
                return Words(value.items[1:])
        return None

    def modules(self, placed: Placed) -> Iterator[Found]:
        """`runpy.run_module("pip")`, `ensurepip.bootstrap()`, `venv.create(...)`."""
        call = placed.node
        if not isinstance(call, Call):
            return
        where = Where(placed.scope, placed.path, call.start)
        name = self.evaluator.qualified(call.func)
        if name == "runpy.run_module" and call.args:
            module = self.evaluator.values(call.args[0], where)[0]
            if isinstance(module, Text):
                argv = self._argv(where)
                here = Span(call.start, call.start)
                words = [Text((Piece("sys_executable", here, hole=True),)), plain("-m", here)]
                given = argv.items if isinstance(argv, Words) else ()
                items = [moved(item, Span(call.args[0].end, call.args[0].end)) for item in given]
                yield self._found(Words((*words, module, *items)), call, where)
        elif name in ("ensurepip.bootstrap", "ensurepip._bootstrap", "ensurepip._main"):
            extra = [plain("--root", Span(call.end, call.end)), plain("root", Span(call.end, call.end))]
            rooted = call.keyword("root") is not None
            yield self._found(Words((*self._program("ensurepip", call.func), *(extra if rooted else ()))), call, where)
        elif name == "venv.create" or (
            isinstance(call.func, Attribute) and call.func.name == "create" and self._is_builder(call.func.value, where)
        ):
            yield from self._environment(call, where)

    def _is_builder(self, node: Node, where: Where) -> bool:
        if isinstance(node, Call):
            return self.evaluator.qualified(node.func) in ("venv.EnvBuilder", "virtualenv.EnvBuilder")
        bindings = where.scope.bindings.get(dotted(node), ()) or self.module.top.bindings.get(dotted(node), ())
        return any(isinstance(b.value, Call) and self._is_builder(b.value, where) for b in bindings)

    def _environment(self, call: Call, where: Where) -> Iterator[Found]:
        node = call.args[0] if call.args else call.keyword("env_dir")
        value = self.evaluator.values(node, where)[0] if node is not None else None
        if isinstance(value, Text):
            at = call.start
            words = [plain(w, Span(at, at)) for w in ("python3", "-m", "venv")]
            target = Text(tuple(replace(p, span=call.span, exact=False) for p in value.pieces))
            yield self._found(Words((*words, target)), call, where)

    # --- sh and plumbum ---

    def _of_shell_module(self, call: Call, qualified: str, where: Where) -> Found | None:
        """`sh.pip("install", "x")`, `sh.pip.install("x")`, `local["pip"]("install", "x")`."""
        head, _, rest = qualified.partition(".")
        if head == "sh" and rest and head != rest and "sh" in self._roots:
            end = call.func.end
            names = rest.replace("_", "-").split(".")
            text = self.module.text[call.func.start : end]
            words = []
            for name in names:
                at = text.find(name) if name in text else -1
                span = Span(call.func.start + at, call.func.start + at + len(name)) if at >= 0 else call.func.span
                words.append(Text((Piece(name, span, exact=at >= 0),)))
            return self._found(Words((*words, *self._arguments(call.args, where))), call, where)
        func = call.func
        given: list[Node] = list(call.args)
        while isinstance(func, Subscript):
            if self.evaluator.qualified(func.value) in ("plumbum.local", "plumbum.cmd.local"):
                return self._found(Words(self._arguments([func.index, *given], where)), call, where)
            given = [*getattr(func.index, "items", [func.index]), *given]
            func = func.value
        if self.evaluator.qualified(func).startswith("plumbum.cmd."):
            name = dotted(func).rpartition(".")[2]
            program = Text((Piece(name, Span(func.end - len(name), func.end), exact=True),))
            return self._found(Words((program, *self._arguments(given, where))), call, where)
        return None

    # --- IPython's magics as functions ---

    def _magic(self, call: Call, last: str, where: Where) -> Iterator[Found]:
        """`get_ipython().run_line_magic("pip", "install x")`, as notebooks look when they are exported."""
        texts = [v for arg in call.args if isinstance(v := self.evaluator.values(arg, where)[0], Text)]
        if not texts or len(texts) != len(call.args):
            return
        if last == "magic":
            line = texts[0].known or ""
            name, _, _ = line.removeprefix("%").partition(" ")
            if name in known.PACKAGES and line.startswith("%"):
                yield self._found(without(texts[0], 1), call, where)
            elif name in known.PACKAGES:
                yield self._found(texts[0], call, where)
            return
        name = (texts[0].known or "").strip()
        if last == "run_cell_magic" and len(texts) == 3 and name in known.SHELLS:
            yield self._found(texts[2], call, where, call.args[2])
        elif last == "run_line_magic" and len(texts) > 1:
            if name in known.PACKAGES:
                at = texts[0].pieces[-1].span.end
                between = Piece(" ", Span(at, texts[1].pieces[0].span.start if texts[1].pieces else at))
                yield self._found(Text((*texts[0].pieces, between, *texts[1].pieces)), call, where)
            elif name in ("sx", "system"):
                yield self._found(texts[1], call, where, call.args[1])

    # --- functions of this text, and names that say it ---

    def _runs(self, function: Scope) -> bool:
        """Whether a function, or one that it calls, runs anything."""
        answer = self._running.get(id(function))
        if answer is None:
            self._running[id(function)] = False  # it may call itself
            answer = any(isinstance(p.node, Call) and self._may_run(p.node) for p in function.calls[: known.MOST_CALLS])
            self._running[id(function)] = answer
        return answer

    def _may_run(self, call: Call) -> bool:
        last = call.func.name if isinstance(call.func, Attribute) else dotted(call.func)
        if self.evaluator.qualified(call.func) in known.RUNNERS or known.says_it_runs(last) or last in known.REMOTE:
            return True
        return any(self._runs(function) for function in self.module.functions.get(last, ())[:3])

    def _followed(self, function: Scope, call: Call, where: Where, depth: int) -> Iterator[Found]:
        """What a call of a function of this text runs, where the command comes from the call's arguments."""
        self._left -= 1
        if depth > 2 or self._left < 0 or not function.parameters or where.scope is function:
            return
        for given in self.evaluator.bind(function, call, where):
            for placed in function.calls[: known.MOST_CALLS]:
                inner = placed.node
                if not isinstance(inner, Call):
                    continue
                inside = Where(function, placed.path, inner.start, given, depth * 3)
                for found in self._commands(inner, inside, depth + 1):
                    made = at_call(found, call)
                    if made is not None:
                        yield made

    def _by_name(self, call: Call, first: Node, last: str, where: Where) -> Iterator[Found]:
        words = [w.lower() for w in known.PARTS.findall(last)]
        if len(call.args) > 1 and may_be_words(call.args):
            items = self._arguments(call.args, where)
            if len(items) > 1 and not is_line(items[0]):
                yield self._found(Words(items), call, where)
                return
        if isinstance(first, Star):
            items = self._arguments(call.args, where)
            if items:
                yield self._found(Words(items), call, where)
            return
        for value in self.evaluator.values(first, where):
            if isinstance(value, Variables):
                continue
            made: Text | Words = value
            if last in known.SUDO:
                made = under_sudo(value, call)
            elif isinstance(value, Words) and value.items and (value.items[0].known or "").startswith("-m"):
                at = value.items[0].pieces[0].span.start  # run_in_venv(["-m", "pip", "install", "x"])
                made = Words((Text((Piece("python", Span(at, at), hole=True),)), *value.items))
            elif "module" in words and isinstance(value, Text):
                made = split(value)
            yield replace(self._found(made, call, where, first), remote=known.REMOTE.get(last, ""))

    def _arguments(self, nodes: list[Node], where: Where) -> tuple[Text, ...]:
        for value in self.evaluator.values(sequence(nodes), where)[:1]:
            if isinstance(value, Words):
                return value.items
        return ()

    # --- the place ---

    def _found(self, value: Text | Words, call: Call, where: Where, node: Node | None = None) -> Found:
        return Found(
            value,
            call.span,
            node,
            self._one(call.keyword("cwd"), where),
            self._variables(call, where),
            self._shell(call, where),
        )

    def _one(self, node: Node | None, where: Where) -> Text | None:
        if node is None:
            return None
        value = self.evaluator.values(node, where)[0]
        return value if isinstance(value, Text) else None

    def _variables(self, call: Call, where: Where) -> tuple[tuple[str, Text], ...]:
        node = call.keyword("env") or call.keyword("extra_env") or call.keyword("environ")
        if node is None:
            return ()
        value = self.evaluator.values(node, where)[0]
        return value.entries if isinstance(value, Variables) else ()

    def _shell(self, call: Call, where: Where) -> str:
        program = self._one(call.keyword("executable"), where)
        return (program.known or "").rpartition("/")[2] if program else ""
