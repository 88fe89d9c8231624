"""Labelled clauses → a classifier of one's own."""
