"""Fixes proven by running them: documents before and after a fix, in real Debian systems."""
