"""The tables of the decision log, version by version."""
