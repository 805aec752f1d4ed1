"""A walk through a planned network without a way out: what reaches what, layer by layer."""
