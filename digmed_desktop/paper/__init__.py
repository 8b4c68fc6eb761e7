"""Paper: one plain document, written as a tagged PDF or as HTML for the printer."""
