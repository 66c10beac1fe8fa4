"""The core of the edge: what can be asked and how it is answered. It knows no framework and neither of its doors."""
