"""Contact filter → engine → hits: the field table, text normalisation, predicates, cursors and the two engines."""
