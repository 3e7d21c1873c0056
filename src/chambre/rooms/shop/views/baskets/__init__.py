"""Pages of weekly baskets, reductions and solidarity."""
