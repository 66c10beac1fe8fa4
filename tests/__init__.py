"""Tests, laid out like the packages they test. A package itself, so that the benchmarks can use its servers."""
