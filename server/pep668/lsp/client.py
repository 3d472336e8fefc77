"""What the client can do, as far as it changes what is sent."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from lsprotocol import types


class Client:
    """The client's capabilities as questions; what it does not say it does not have."""

    def __init__(self, capabilities: types.ClientCapabilities) -> None:
        self._capabilities = capabilities

    def _get(self, path: str) -> Any:
        value: Any = self._capabilities
        for name in path.split("."):
            value = getattr(value, name, None)
            if value is None:
                return None
        return value

    def _has(self, *paths: str) -> bool:
        return any(bool(self._get(path)) for path in paths)

    # --- diagnostics ---

    @cached_property
    def pulls(self) -> bool:
        """It asks for diagnostics; nothing is pushed then."""
        return self._get("text_document.diagnostic") is not None

    @cached_property
    def refreshes_diagnostics(self) -> bool:
        return self._has("workspace.diagnostics.refresh_support")

    @cached_property
    def versions(self) -> bool:
        return self._has("text_document.publish_diagnostics.version_support")

    def _diagnostic(self, name: str) -> bool:
        return self._has(f"text_document.publish_diagnostics.{name}", f"text_document.diagnostic.{name}")

    @cached_property
    def related(self) -> bool:
        return self._diagnostic("related_information")

    @cached_property
    def links(self) -> bool:
        return self._diagnostic("code_description_support")

    @cached_property
    def data(self) -> bool:
        return self._diagnostic("data_support")

    # --- requests ---

    @cached_property
    def markdown(self) -> bool:
        """Hover may be Markdown: it is in the list, wherever."""
        return types.MarkupKind.Markdown in (self._get("text_document.hover.content_format") or ())

    @cached_property
    def literals(self) -> bool:
        """Code actions may be more than commands."""
        return self._has("text_document.code_action.code_action_literal_support")

    @cached_property
    def preferred(self) -> bool:
        return self._has("text_document.code_action.is_preferred_support")

    @cached_property
    def resolves(self) -> frozenset[str]:
        """What of a code action it asks for when the action is chosen."""
        if not self._has("text_document.code_action.data_support"):
            return frozenset()
        return frozenset(self._get("text_document.code_action.resolve_support.properties") or ())

    @cached_property
    def document_changes(self) -> bool:
        return self._has("workspace.workspace_edit.document_changes")

    @cached_property
    def annotations(self) -> bool:
        return self._has("workspace.workspace_edit.change_annotation_support")

    @cached_property
    def refreshes_lenses(self) -> bool:
        return self._has("workspace.code_lens.refresh_support")

    # --- workspace and window ---

    @cached_property
    def configuration(self) -> bool:
        return self._has("workspace.configuration")

    @cached_property
    def registers_configuration(self) -> bool:
        return self._has("workspace.did_change_configuration.dynamic_registration")

    @cached_property
    def registers_watchers(self) -> bool:
        return self._has("workspace.did_change_watched_files.dynamic_registration")

    @cached_property
    def progress(self) -> bool:
        return self._has("window.work_done_progress")
