"""The embedded engine: contacts in one DuckDB file, nothing to install, the same answers as Elasticsearch."""
