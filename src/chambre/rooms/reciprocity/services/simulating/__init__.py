"""Acts on economic models: begin, save a version, put away; and what the books give to begin with."""
