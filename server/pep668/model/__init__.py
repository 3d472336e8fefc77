"""The nouns of the engine: frozen, without IO, without protocol types.

Spans inside a `Region` (those of words, commands, installs) are offsets into
that region's text; `region.map` leads to the document. Spans of `Evidence`,
`Finding`, `Fix` and `ErrorReport` are offsets into the document.
"""

from __future__ import annotations

from pep668.text import Edit, Span

from .commands import Assignment, Command, Expansion, Redirect, Scope, ScopeKind, Word, Wrapper
from .findings import (
    Applicability,
    Bypass,
    Environment,
    EnvironmentKind,
    Finding,
    Fix,
    Judged,
    Managed,
    Missed,
    Observed,
    Owned,
    Query,
    Severity,
    Step,
    Subject,
    Unused,
    Verdict,
)
from .installs import (
    ErrorReport,
    Install,
    Option,
    PythonReference,
    Request,
    RequestKind,
    Requirement,
    RequirementsFile,
    RequirementsKind,
)
from .machine import Distribution, DistributionPackage, Interpreter, Machine, Marker, VirtualEnvironment
from .regions import Evidence, Fact, Place, Region

__all__ = [
    "Applicability",
    "Assignment",
    "Bypass",
    "Command",
    "Distribution",
    "DistributionPackage",
    "Edit",
    "Environment",
    "EnvironmentKind",
    "ErrorReport",
    "Evidence",
    "Expansion",
    "Fact",
    "Finding",
    "Fix",
    "Install",
    "Interpreter",
    "Judged",
    "Machine",
    "Managed",
    "Marker",
    "Missed",
    "Observed",
    "Option",
    "Owned",
    "Place",
    "PythonReference",
    "Query",
    "Redirect",
    "Region",
    "Request",
    "RequestKind",
    "Requirement",
    "RequirementsFile",
    "RequirementsKind",
    "Scope",
    "ScopeKind",
    "Severity",
    "Span",
    "Step",
    "Subject",
    "Unused",
    "Verdict",
    "VirtualEnvironment",
    "Word",
    "Wrapper",
]
