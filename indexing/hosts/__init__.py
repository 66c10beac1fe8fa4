"""One load that many hosts do: planned on one, read in parts on any, finished on one. The engine keeps the plan."""
