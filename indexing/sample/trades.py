"""What companies do: their industries, the nouns in their names, their keywords and codes."""

from typing import Final, NamedTuple

import msgspec

from indexing.sample.tables import deck, ranked, table
from indexing.sample.words import read_words


class Trade(NamedTuple):
    """A trade, as tables; the keywords are a deck, the codes lists."""

    industries: list[str]
    nouns: list[str]
    keywords: list[str]
    sic_codes: list[str]
    naics_codes: list[str]


class _TradeWords(msgspec.Struct, frozen=True):
    """A trade and its share; all by rank."""

    weight: int
    sic_codes: list[str]
    naics_codes: list[str]
    industries: list[str]
    nouns: list[str]
    keywords: list[str]


class _Words(msgspec.Struct, frozen=True):
    """The trades, and the keywords that any company may bear besides those of its own."""

    common_keywords: list[str]
    trades: list[_TradeWords]


def _trades() -> list[Trade]:
    words = read_words("trades", _Words)
    common = ranked(words.common_keywords)
    return table([(_trade(trade, common), trade.weight) for trade in words.trades])


def _trade(words: _TradeWords, common: list[tuple[str, float]]) -> Trade:
    """The tables of a trade; four in ten keywords are common to all trades."""
    own = ranked(words.keywords)
    others = [(keyword, weight) for keyword, weight in common if keyword not in words.keywords]
    scale = sum(weight for _, weight in own) / sum(weight for _, weight in others) * 4 / 6
    return Trade(
        table(ranked(words.industries, 1.0)),
        table(ranked(words.nouns)),
        deck(own + [(keyword, weight * scale) for keyword, weight in others]),
        words.sic_codes,
        words.naics_codes,
    )


TRADES: Final = _trades()
"""The table of trades."""
