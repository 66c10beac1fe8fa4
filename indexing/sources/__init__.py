"""Where rows come from: files, PostgreSQL, the live contacts."""
