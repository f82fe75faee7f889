"""Plans for programs: read what is stored, and judge documents that are not."""
