"""Apollo URL → parameters → contact filter. Pure: no I/O beyond the package's data files, no engine, no framework."""
