"""What `contacts doctor` is told of this engine beyond what a search shows: its version, and whose its files are."""

import shlex

import duckdb

from search.duckdb.files import complete_files
from search.engine import EngineSettings
from search.findings import Finding, ok, warning
from search.private import open_to_others


async def examine(settings: EngineSettings) -> list[Finding]:
    """What there is to say of the files of the alias."""
    names = complete_files(settings.data_dir, settings.index)
    opened = [name for name in names if open_to_others(settings.data_dir / name)]
    findings = [ok("engine version", f"DuckDB {duckdb.__version__}")]
    if opened:
        paths = shlex.join([str(settings.data_dir / name) for name in opened])
        found = f"others on this machine may read {len(opened)} files of contacts"
        findings.append(warning("engine files", found, f"chmod 600 {paths}"))
    return findings
