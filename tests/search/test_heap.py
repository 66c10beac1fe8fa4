"""Options of the C library's allocator, in a process of their own: they hold for all of one."""

import subprocess
import sys

import pytest

from search import heap
from search.heap import Option, give_back, set_options

_GIVEN_BACK = """
from pathlib import Path
from search.heap import Option, give_back, set_options

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

if {threshold}:
    set_options({{Option.MMAP_THRESHOLD: {threshold}}})
large = [bytearray(2**24)]
del large[:]
pieces = [bytearray(2**22 if at % 2 else 2**14) for at in range(32)]
del pieces[1::2]
print(resident())
"""


def test_large_pieces_go_back_at_once() -> None:
    kept, given_back = (int(_printed(_GIVEN_BACK.format(threshold=threshold))) for threshold in (0, 2**20))
    assert given_back < kept - 2**25


def test_what_is_kept_is_given_back_when_asked() -> None:
    code = _GIVEN_BACK.format(threshold=0)
    kept, given_back = map(int, _printed(f"{code}\ngive_back()\nprint(resident())").split())
    assert given_back < kept - 2**25


def test_other_c_libraries_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heap.ctypes, "CDLL", lambda _: object())
    set_options({Option.ARENA_MAX: 1})
    give_back()


def _printed(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
