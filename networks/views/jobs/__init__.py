"""Several changes at once: the page before they begin, and the pages of the job that makes them."""
