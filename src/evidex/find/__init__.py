"""Text → findings."""
