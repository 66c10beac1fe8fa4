"""The shuffle key (`shuffle` in the field table): contacts at random, and yet the same ones each time.

It is made of a contact's uuid alone, so it stays where contacts come and go, and is the same in every engine.
"""

from mappings.predicates import Range, Sample
from search.derivation import SHUFFLE_BITS, shuffle_key

SHUFFLE = "shuffle"
"""The field."""


def part_of(part: int, of: int) -> Range:
    """One of `of` equal ranges of the key, numbered from 1. They have none in common, and together they are all."""
    keys = 1 << SHUFFLE_BITS
    return Range(SHUFFLE, (part - 1) * keys // of, part * keys // of - 1)


def sample_of(size: int, seed: int) -> Sample:
    """The sample of so many contacts that `seed` stands for."""
    return Sample(size, shuffle_key(str(seed)))
