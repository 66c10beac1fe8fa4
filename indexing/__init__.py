"""Rows → contact items → engine: sources, the indexing job and the command line."""
