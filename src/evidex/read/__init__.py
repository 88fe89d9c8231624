"""Photograph → text with places."""
