"""Structured text to trees with places: one reader a format, error-tolerant, never raises."""
