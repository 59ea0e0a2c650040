"""What people change, page by page: networks, containers, the lab, one or several."""
