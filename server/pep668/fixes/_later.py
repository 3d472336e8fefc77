"""What of a script relies on the Python that its installs reached so far."""

from __future__ import annotations

from pep668.data.applications import applications_among
from pep668.data.names import normalized
from pep668.model import Install, Judged

from ._index import PROGRAM, last_runs

# Programs of projects that are imported as well, so that no list of applications has them.
_LIBRARIES = frozenset(
    """
    alembic ansible ansible-playbook celery coverage django-admin fastapi flake8 flask gunicorn isort ipython jupyter
    jupyter-lab jupyter-notebook mypy pylint py.test pytest sphinx-build streamlit uvicorn
    """.split()
)


def relied_on(judged: Judged) -> bool:
    """Whether what follows in the text runs Python or an installed program by its bare name."""
    install = judged.install
    if applications_among(install.packages):
        return True
    end, packages = install.command.span.end, set(install.packages)
    return any(
        at >= end and (name.rstrip("0123456789.") == "python" or normalized(name) in packages)
        for name, at in last_runs(install.command.region).items()
    )


def runs(text: str, install: Install) -> bool:
    """Whether a text, one command a line, runs Python or an installed program by its bare name."""
    names = {match[1] for match in PROGRAM.finditer(text)}
    packages = {normalized(name) for name in install.packages}
    if any(name.rstrip("0123456789.") == "python" or normalized(name) in packages for name in names):
        return True
    return len(packages) < len(install.requests) and bool(names & _LIBRARIES or applications_among(names))
