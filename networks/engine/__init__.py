"""The seam to a Docker Engine: facts come out, specs go in."""
