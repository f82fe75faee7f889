"""What the clinician's pages ask, and how what was typed is read."""
