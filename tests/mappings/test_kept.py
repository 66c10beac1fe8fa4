"""What is read or made once and kept: nobody changes it, so that all see what would be read again."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from typing import Any

import pytest

import mappings

MODULES = [importlib.import_module(found.name) for found in pkgutil.walk_packages(mappings.__path__, "mappings.")]
KEPT = [
    function
    for module in MODULES
    for function in vars(module).values()
    if hasattr(function, "cache_info")
    and function.__module__ == module.__name__
    and not inspect.signature(function).parameters
]


@pytest.mark.parametrize("read", [pytest.param(read, id=f"{read.__module__}.{read.__qualname__}") for read in KEPT])
def test_what_is_kept_is_what_would_be_read_again(read: Callable[[], Any]) -> None:
    assert read() == read.__wrapped__()
