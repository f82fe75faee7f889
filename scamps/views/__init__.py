"""Pages of plans: reading them, writing them, judging them, publishing them."""
