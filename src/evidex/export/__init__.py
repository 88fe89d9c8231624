"""Records → files, one format a file."""
