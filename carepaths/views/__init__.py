"""The clinician's pages, one module for each noun."""
