"""What `contacts doctor` is told of this engine beyond what a search shows: its version, and whose its files are."""

import duckdb

from search.duckdb.files import complete_files
from search.engine import EngineSettings
from search.findings import Finding, ok, warning

_OTHERS = 0o077


async def examine(settings: EngineSettings) -> list[Finding]:
    """What there is to say of the files of the alias."""
    names = complete_files(settings.data_dir, settings.index)
    open_to_others = [name for name in names if (settings.data_dir / name).stat().st_mode & _OTHERS]
    findings = [ok("engine version", f"DuckDB {duckdb.__version__}")]
    if open_to_others:
        paths = " ".join(str(settings.data_dir / name) for name in open_to_others)
        found = f"others on this machine may read {len(open_to_others)} files of contacts"
        findings.append(warning("engine files", found, f"chmod 600 {paths}"))
    return findings
