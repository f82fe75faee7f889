"""PostgreSQL as the product uses it, emptied faster between tests."""
